// The console of EPICS errlog, through which everything that PVXS logs passes.
#pragma once

#include <cstddef>

namespace aiopvxs::errlog
{

// Takes text as errlog writes it: whole messages, each ending with a newline, on its own thread or, once
// libCom has run its exit handlers, on any.
using Take = void (*)(const char *text, std::size_t size) noexcept;

// Let errlog write to `take` in place of stderr, without colours. False where libCom does not have what this
// needs. `by_listener`: the way of platforms where a stdio stream cannot be had from a function. Starts
// errlog's thread and may wait for it: call without the GIL. Once.
bool redirect(Take take, bool by_listener);

// Wait until errlog has written what is queued in it, and end what redirect() did by a listener, whose
// messages would be lost once errlog's thread has ended. A stream of ours goes on being written to. Without
// the GIL.
void restore();

} // namespace aiopvxs::errlog

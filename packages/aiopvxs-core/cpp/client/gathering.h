// Lets updates gather for a moment, where a worker is woken for few at a time and very many come.
#pragma once

#include <cstddef>

namespace aiopvxs::gathering
{

// So many updates have come, and are handed on. On a worker, with no lock held: it may sleep for half a
// millisecond, and then reads at once what it would have been woken for again and again. That costs more than
// what is done with the updates, above all where a worker with real-time priority takes the core of the
// thread that sends them, after each message. Part of the time only is slept that the worker would have
// waited.
void came(std::size_t updates);

} // namespace aiopvxs::gathering

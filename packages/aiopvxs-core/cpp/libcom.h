// libCom is not linked: its soname carries the full version of epicscorelibs, which a wheel must not be bound
// to. The few functions needed are looked up in the libCom that libpvxs has loaded, and which stays C and the
// same for decades.
#pragma once

namespace aiopvxs::libcom
{

// A function or variable of libCom, or nullptr.
void *symbol(const char *name) noexcept;

template <typename Pointer>
Pointer find(const char *name) noexcept
{
    return reinterpret_cast<Pointer>(symbol(name));
}

} // namespace aiopvxs::libcom

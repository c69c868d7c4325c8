#include "libcom.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#include <pvxs/version.h>

namespace aiopvxs::libcom
{

#ifdef _WIN32

void *symbol(const char *name) noexcept
{
    HMODULE library = GetModuleHandleA("Com.dll");
    return library ? reinterpret_cast<void *>(GetProcAddress(library, name)) : nullptr;
}

#else

void *symbol(const char *name) noexcept
{
    // libpvxs is loaded with local scope: a search from it finds what it is linked with
    static void *const libpvxs = []() -> void * {
        Dl_info info;
        if (!dladdr(reinterpret_cast<void *>(&pvxs::version_int), &info))
            return nullptr;
        return dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    }();
    return libpvxs ? dlsym(libpvxs, name) : nullptr;
}

#endif

} // namespace aiopvxs::libcom

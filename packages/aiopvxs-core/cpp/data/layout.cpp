#include "data/layout.h"

#include <unordered_map>

#include "data/convert.h"

namespace aiopvxs
{

namespace
{

struct Entry {
    pvxs::Value prototype; // keeps the type alive, so that its address stays its own
    std::shared_ptr<const Layout> layout;
};

// Types are usually few and live long; a program that makes new ones for ever starts afresh.
constexpr size_t most_entries = 1024;

// Never destroyed: it holds Python objects, and the interpreter may be gone by then.
std::unordered_map<const void *, Entry> &cache()
{
    static auto *const instance = new std::unordered_map<const void *, Entry>;
    return *instance;
}

std::shared_ptr<const Layout> make(const pvxs::Value &structure)
{
    auto layout = std::make_shared<Layout>();
    for (const pvxs::Value &field : structure.ichildren()) {
        Layout::Field made;
        made.name = structure.nameOf(field);
        PyObject *key = decode(made.name).release().ptr();
        PyUnicode_InternInPlace(&key);
        made.key = py::reinterpret_steal<py::object>(key);
        made.code = field.type();
        if (made.code == pvxs::TypeCode::Struct)
            made.inner = Layout::of(field);
        layout->fields.push_back(std::move(made));
    }
    return layout;
}

} // namespace

std::shared_ptr<const Layout> Layout::of(const pvxs::Value &structure)
{
    // every node of a type owns its id: the address of that names the node
    const void *const type = &structure.id();
    auto found = cache().find(type);
    if (found != cache().end())
        return found->second.layout;
    auto layout = make(structure);
    if (cache().size() >= most_entries)
        cache().clear();
    cache().emplace(type, Entry{structure.cloneEmpty(), layout});
    return layout;
}

} // namespace aiopvxs

#include "data/layout.h"

#include <unordered_map>

#include "data/convert.h"

namespace aiopvxs
{

namespace
{

struct Entry {
    pvxs::Value keeper; // keeps the type alive, so that its address stays its own
    std::shared_ptr<const Layout> layout;
};

// Each channel of each connection brings a type of its own. Beyond this many, one is forgotten for each
// new one; its layout is then made again when it is asked for.
constexpr size_t most_entries = 4096;

// The smallest value that holds on to the whole type: an empty one of a single leaf.
pvxs::Value keeper_of(const pvxs::Value &structure)
{
    if (structure.type() != pvxs::TypeCode::Struct)
        return structure.cloneEmpty();
    for (const pvxs::Value &field : structure.iall()) {
        if (field.type() != pvxs::TypeCode::Struct)
            return field.cloneEmpty();
    }
    return structure.cloneEmpty();
}

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
            made.inner = make(field);
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
        cache().erase(cache().begin());
    cache().emplace(type, Entry{keeper_of(structure), layout});
    return layout;
}

} // namespace aiopvxs

#include "data/layout.h"

#include <array>
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

// The type asked for last: most often the one that is asked for next.
struct Last {
    const void *type = nullptr;
    std::shared_ptr<const Layout> layout;
};

Last &last()
{
    static auto *const instance = new Last;
    return *instance;
}

// Every node of a type owns its id: the address of that names the node.
const void *type_of(const pvxs::Value &structure) { return &structure.id(); }

// True from the second time on, unless others were met in between. An address may be that of another, later
// type: it then is known one time too early, which does no harm.
bool was_met(const void *type)
{
    constexpr unsigned bits = 10;
    static std::array<const void *, 1 << bits> met{};
    const auto number = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(type));
    const void *&slot = met[(number * 0x9e3779b97f4a7c15u) >> (64 - bits)];
    const bool result = slot == type;
    slot = type;
    return result;
}

std::size_t nodes_of(const Layout &layout)
{
    return layout.fields.empty()
               ? 0
               : layout.fields.back().place + 1 +
                     (layout.fields.back().inner ? nodes_of(*layout.fields.back().inner) : 0);
}

void add_places(const py::object &places, const Layout &layout, const std::string &prefix, std::size_t first)
{
    for (const Layout::Field &field : layout.fields) {
        const py::object name = prefix.empty() ? field.key : decode(prefix + field.name);
        places[name] = py::int_(first + field.place);
        if (field.inner)
            add_places(places, *field.inner, prefix + field.name + ".", first + field.place + 1);
    }
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
        made.place = nodes_of(*layout);
        layout->fields.push_back(std::move(made));
    }
    return layout;
}

} // namespace

std::shared_ptr<const Layout> Layout::of(const pvxs::Value &structure)
{
    const void *const type = type_of(structure);
    if (last().type == type)
        return last().layout;
    auto found = cache().find(type);
    if (found == cache().end()) {
        auto layout = make(structure);
        if (cache().size() >= most_entries) {
            last() = {}; // may be the one that is forgotten, and its address another type's soon
            cache().erase(cache().begin());
        }
        found = cache().emplace(type, Entry{keeper_of(structure), std::move(layout)}).first;
    }
    last() = {type, found->second.layout};
    return last().layout;
}

const std::shared_ptr<const Layout> &Layout::familiar(const pvxs::Value &structure)
{
    static const auto *const none = new std::shared_ptr<const Layout>;
    const void *const type = type_of(structure);
    if (last().type != type) {
        if (!was_met(type) && cache().find(type) == cache().end())
            return *none;
        of(structure);
    }
    if (!last().layout->places) {
        const auto layout = last().layout; // held: making objects may collect garbage, which runs Python code
        py::dict made;
        add_places(made, *layout, {}, 0);
        layout->places = std::move(made);
        return familiar(structure);
    }
    return last().layout;
}

Py_ssize_t Layout::place(PyObject *path) const
{
    PyObject *found = PyDict_GetItemWithError(places.ptr(), path);
    return found ? PyLong_AsSsize_t(found) : -1;
}

} // namespace aiopvxs

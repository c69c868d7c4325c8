#include "data/type_plain.h"

#include <map>

#include "data/convert.h"
#include "data/nesting.h"
#include "data/type_code.h"
#include "data/where.h"
#include "errors.h"

namespace aiopvxs::type_plain
{

namespace
{

// Where in the outermost type something is. Lives on the stack, beside what it names.
struct Place {
    const Place *outer = nullptr;
    const std::string &name;
    int depth = 0;

    std::string text() const { return outer ? outer->text() + "." + name : "type"; }

    [[noreturn]] void refuse(const std::string &why) const
    {
        errors::raise(PyExc_ValueError, text() + ": " + why);
    }
};

bool has_members(pvxs::TypeCode code)
{
    const pvxs::TypeCode scalar = code.scalarOf();
    return scalar == pvxs::TypeCode::Struct || scalar == pvxs::TypeCode::Union;
}

std::map<std::string, pvxs::TypeCode> all_names()
{
    std::map<std::string, pvxs::TypeCode> names;
    const py::dict members(py::type::of(type_code_enum(pvxs::TypeCode::Bool)).attr("__members__"));
    for (auto item : members) {
        const auto code = type_code_from(item.second);
        if (code == pvxs::TypeCode::Null)
            continue;
        names[encode(item.first)] = code;
        names[code.name()] = code;
    }
    return names;
}

// Run `f`; what it raises becomes a ValueError with the place.
template <typename F>
auto placed(const Place &place, F &&f)
{
    try {
        return f();
    } catch (py::error_already_set &error) {
        if (!error.matches(PyExc_TypeError) && !error.matches(PyExc_ValueError))
            throw;
        place.refuse(encode(py::str(error.value())));
    } catch (std::invalid_argument &error) {
        place.refuse(error.what());
    }
}

pvxs::TypeCode named(py::handle spec, const Place &place)
{
    static const auto names = all_names();
    const auto found = names.find(placed(place, [&] { return encode(spec); }));
    if (found == names.end())
        place.refuse("no type is called " + encode(py::repr(spec)));
    return found->second;
}

bool is_list(py::handle object) { return PyList_Check(object.ptr()) || PyTuple_Check(object.ptr()); }

// As a tuple: what is called while it is read might change a list.
py::tuple items(py::handle list)
{
    PyObject *tuple = PySequence_Tuple(list.ptr());
    if (!tuple) // a class derived from list may raise anything
        throw py::error_already_set();
    return py::reinterpret_steal<py::tuple>(tuple);
}

MemberDef::Ptr read(py::handle spec, const std::string &name, const Place &place);

MemberDef::Ptr read_member(py::handle spec, const Place &place)
{
    const py::tuple pair = is_list(spec) ? items(spec) : py::tuple();
    if (pair.size() != 2 || !PyUnicode_Check(pair[0].ptr()))
        place.refuse("a member is a list [name, type], not " + describe(spec));
    const auto name = placed(place, [&] { return encode(pair[0]); });
    return read(pair[1], name, Place{&place, name, place.depth + 1});
}

void read_compound(MemberDef &def, py::handle spec, const Place &place)
{
    const py::tuple parts = items(spec);
    if (parts.size() != 3 || !PyUnicode_Check(parts[0].ptr()) || !PyUnicode_Check(parts[1].ptr()) ||
        !is_list(parts[2]))
        place.refuse("a structure or union is a list [kind, id, [[name, type], ...]], not " + describe(spec));
    def.code = named(parts[0], place);
    if (!has_members(def.code))
        place.refuse("a type with members is 'struct', 'union', 'struct[]' or 'union[]', not " +
                     encode(py::repr(parts[0])));
    def.id = placed(place, [&] { return encode(parts[1]); });
    for (py::handle member : items(parts[2]))
        def.children.push_back(read_member(member, place));
}

MemberDef::Ptr read(py::handle spec, const std::string &name, const Place &place)
{
    if (place.depth >= nesting::most)
        errors::raise(PyExc_ValueError,
                      "type: it is nested more than " + std::to_string(nesting::most) + " levels deep");
    auto def = std::make_shared<MemberDef>();
    def->name = name;
    if (is_list(spec))
        read_compound(*def, spec, place);
    else if (PyUnicode_Check(spec.ptr()))
        def->code = named(spec, place);
    else
        def->code = placed(place, [&] { return type_code_from(spec); });
    placed(place, [&] { def->validate(place.outer != nullptr || !name.empty()); });
    return def;
}

py::object plain(const MemberDef &def)
{
    if (!has_members(def.code))
        return py::str(def.code.name());
    py::list members;
    for (const MemberDef::Ptr &child : def.children) {
        py::list pair;
        pair.append(decode(child->name));
        pair.append(plain(*child));
        members.append(std::move(pair));
    }
    py::list result;
    result.append(py::str(def.code.name()));
    result.append(decode(def.id));
    result.append(std::move(members));
    return std::move(result);
}

} // namespace

py::object from(const MemberDef &definition) { return plain(definition); }

MemberDef::Ptr of(py::handle spec, const std::string &name) { return read(spec, name, Place{nullptr, name}); }

} // namespace aiopvxs::type_plain

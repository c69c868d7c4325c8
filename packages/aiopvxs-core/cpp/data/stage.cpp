#include "data/stage.h"

#include "data/array_in.h"
#include "data/clone.h"
#include "data/convert.h"
#include "data/descendant.h"
#include "data/element.h"
#include "data/layout.h"
#include "data/lookup.h"
#include "data/scalar_in.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

pvxs::Value compound_from(const pvxs::Value &field, py::handle object, const Where &where)
{
    const Target target{field.type(), where, -1, nullptr};
    if (!py::isinstance<PyValue>(object))
        raise_no_convert(target, object, "only a Value of the same type can be assigned to it");
    const pvxs::Value &source = object.cast<const PyValue &>().value;
    if (!source.equalType(field))
        raise_no_convert(target, object, "the types differ");
    return deep_clone(source);
}

bool is_mapping(py::handle object)
{
    static PyObject *const base =
        py::object(py::module_::import("collections.abc").attr("Mapping")).release().ptr();
    return PyObject_IsInstance(object.ptr(), base) == 1;
}

void stage_field(std::vector<Staged> &plan, pvxs::Value field, py::handle object, const Where &where)
{
    if (field.type() == pvxs::TypeCode::Struct)
        stage_structure(plan, field, object, where);
    else
        plan.emplace_back(std::move(field), object, where);
}

void stage_dict(std::vector<Staged> &plan, const pvxs::Value &structure, py::handle dict, const Where &where)
{
    FieldFinder find_field(structure);
    Py_ssize_t position = 0;
    PyObject *key = nullptr;
    PyObject *item = nullptr;
    while (PyDict_Next(dict.ptr(), &position, &key, &item)) {
        // held: converting may run Python code that changes the dict
        const auto name_object = py::reinterpret_borrow<py::object>(key);
        const auto object = py::reinterpret_borrow<py::object>(item);
        if (!PyUnicode_Check(key))
            errors::raise("FieldLookupError", "field names are str, not " + describe(key));
        if (pvxs::Value field = find_field(key)) {
            if (const std::string_view name = utf8(key); !name.empty()) {
                stage_field(plan, std::move(field), object, Where{&where, name, nullptr});
                continue;
            }
        }
        const std::string name = encode(name_object);
        const Where inner{&where, name, nullptr};
        stage_field(plan, writable(structure, name, inner), object, inner);
    }
}

void stage_marked(std::vector<Staged> &plan, const pvxs::Value &structure, const pvxs::Value &source,
                  bool marked, const Where &where)
{
    const auto layout = Layout::of(source);
    auto known = layout->fields.begin();
    for (const pvxs::Value &from : source.ichildren()) {
        const Layout::Field &field = *known++;
        const bool whole = marked || from.isMarked(false, false);
        if (!whole && !from.isMarked(false, true))
            continue;
        const Where inner{&where, field.name, nullptr};
        const pvxs::Value to = writable(structure, field.name, inner);
        if (field.inner && to.type() == pvxs::TypeCode::Struct)
            stage_marked(plan, to, from, whole, inner);
        else
            stage_field(plan, to, py::cast(PyValue(from, source)), inner);
    }
}

} // namespace

Staged::Staged(pvxs::Value leaf, py::handle object, const Where &where)
    : field(std::move(leaf)), content(convert(field, object, where))
{
}

Staged::Content Staged::convert(const pvxs::Value &field, py::handle object, const Where &where)
{
    const pvxs::TypeCode code = field.type();
    const Target target{code, where, -1, nullptr};
    if (code.kind() == pvxs::Kind::Compound)
        return compound_from(field, object, where);
    if (code.isarray())
        return array_from(object, target);
    if (code == pvxs::TypeCode::String)
        return string_from(object, target);
    return with_number(code, [&](auto tag) -> Content {
        using T = typename decltype(tag)::type;
        // the widest of its kind, which is how pvxs stores them
        return static_cast<typename pvxs::impl::StoreAs<T>::store_t>(number_from<T>(object, target));
    });
}

void Staged::commit()
{
    std::visit(
        [this](auto &stored) {
            using T = std::decay_t<decltype(stored)>;
            if constexpr (std::is_same_v<T, pvxs::Value>)
                copy_leaf(field, stored);
            else if constexpr (std::is_same_v<T, pvxs::shared_array<const void>>)
                field.copyIn(&stored, pvxs::StoreType::Array);
            else
                field.from(stored);
        },
        content);
}

void stage_structure(std::vector<Staged> &plan, const pvxs::Value &structure, py::handle object,
                     const Where &where)
{
    if (PyDict_Check(object.ptr()))
        return stage_dict(plan, structure, object, where);
    if (is_mapping(object))
        return stage_dict(plan, structure, py::dict(py::reinterpret_borrow<py::object>(object)), where);
    if (py::isinstance<PyValue>(object)) {
        const pvxs::Value &source = object.cast<const PyValue &>().value;
        if (source.type() == pvxs::TypeCode::Struct)
            return stage_marked(plan, structure, source, source.isMarked(true, false), where);
    }
    raise_no_convert(Target{structure.type(), where, -1, nullptr}, object,
                     "a structure takes a dict or a Value");
}

} // namespace aiopvxs

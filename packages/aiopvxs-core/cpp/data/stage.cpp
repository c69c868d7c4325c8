#include "data/stage.h"

#include <algorithm>

#include "data/array_in.h"
#include "data/clone.h"
#include "data/compound.h"
#include "data/compound_in.h"
#include "data/convert.h"
#include "data/descendant.h"
#include "data/element.h"
#include "data/layout.h"
#include "data/lookup.h"
#include "data/missing.h"
#include "data/plain.h"
#include "data/scalar_in.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

void stage_field(std::vector<Staged> &plan, pvxs::Value field, py::handle object, const Where &where)
{
    if (field.type() == pvxs::TypeCode::Struct)
        stage_structure(plan, field, object, where);
    else
        plan.emplace_back(std::move(field), object, where);
}

// Room for so many more, growing as a vector does by itself.
void make_room(std::vector<Staged> &plan, size_t more)
{
    if (plan.capacity() - plan.size() < more)
        plan.reserve(std::max(plan.size() + more, 2 * plan.capacity()));
}

// Store what is in a draft that nobody else holds.
void store_draft(pvxs::Value &field, const pvxs::Value &draft)
{
    // of one type, as the address of its id tells: the elements can be taken as they are
    if (is_array(field.type()) && &field.id() == &draft.id())
        field.from(elements(draft));
    else
        copy_leaf(field, draft);
}

// The draft of that leaf: what has already been staged for it, or a copy of what it holds.
pvxs::Value &draft_of(std::vector<Staged> &plan, const pvxs::Value &leaf)
{
    for (auto staged = plan.rbegin(); staged != plan.rend(); ++staged) {
        if (pvxs::Value *draft = staged->draft(leaf))
            return *draft;
    }
    plan.emplace_back(leaf, deep_clone(leaf));
    return *plan.back().draft(leaf);
}

// Something inside a union, an Any or an array is assigned to in a draft of that.
void stage_outward(std::vector<Staged> &plan, const pvxs::Value &structure, const std::string &path,
                   py::handle object, const Where &where)
{
    const Outward way = outward(structure, path);
    if (way.field.type().kind() != pvxs::Kind::Compound)
        raise_missing(structure, path);
    pvxs::Value &draft = draft_of(plan, way.field);
    assign_inside(draft, way.rest, object, where);
}

void stage_dict(std::vector<Staged> &plan, const pvxs::Value &structure, py::handle dict, const Where &where)
{
    FieldFinder find_field(structure);
    make_room(plan, static_cast<size_t>(PyDict_GET_SIZE(dict.ptr())));
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
        const std::string name = path_from(name_object);
        const Where inner{&where, name, nullptr};
        if (leaves_structure(name))
            stage_outward(plan, structure, name, object, inner);
        else
            stage_field(plan, writable(structure, name), object, inner);
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
        const pvxs::Value to = writable(structure, field.name);
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

Staged::Staged(pvxs::Value leaf, pvxs::Value draft) : field(std::move(leaf)), content(std::move(draft)) {}

pvxs::Value *Staged::draft(const pvxs::Value &leaf)
{
    return field.equalInst(leaf) ? std::get_if<pvxs::Value>(&content) : nullptr;
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
                store_draft(field, stored);
            else if constexpr (std::is_same_v<T, pvxs::shared_array<const void>>)
                field.copyIn(&stored, pvxs::StoreType::Array);
            else
                field.from(stored);
        },
        content);
}

void assign_inside(pvxs::Value &draft, const std::string &rest, py::handle object, const Where &where)
{
    pvxs::Value inner;
    try {
        inner = draft.lookup(rest); // not const: selects the members of unions on its way
    } catch (std::exception &) {
        errors::raise("FieldLookupError", missing::text(draft, rest, where.path()));
    }
    assign(inner, object, where);
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

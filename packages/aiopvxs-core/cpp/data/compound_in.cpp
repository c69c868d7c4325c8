#include "data/compound_in.h"

#include "data/any_in.h"
#include "data/clone.h"
#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/nesting.h"
#include "data/plain.h"
#include "data/same_type.h"
#include "data/union_in.h"
#include "python_call.h"

namespace aiopvxs
{

namespace
{

using pvxs::TypeCode;

pvxs::Value structure_from(const pvxs::Value &empty, py::handle object, const Where &where)
{
    pvxs::Value result = empty;
    if (!py::isinstance<PyValue>(object)) {
        assign(result, object, where);
        return result;
    }
    const pvxs::Value source = object.cast<const PyValue &>().content().value;
    if (!source)
        return {};
    nesting::check(source, where);
    // all of it, not just what is marked: an element has nothing else that would stay
    if (same_type(source, empty))
        copy_content(result, source);
    else
        assign(result, to_python(source, Arrays::numpy), where);
    return result;
}

pvxs::Value element_from(pvxs::Value &array, py::handle object, const Where &where)
{
    if (object.is_none())
        return {};
    switch (array.type().code) {
    case TypeCode::StructA:
        return structure_from(array.allocMember(), object, where);
    case TypeCode::UnionA: {
        const pvxs::Value made = compound_from(array.allocMember(), object, where);
        if (!made.as<pvxs::Value>())
            return {};
        pvxs::Value element = array.allocMember();
        copy_content(element, made);
        return element;
    }
    default:
        return any_from(object, where);
    }
}

py::tuple elements_from(const pvxs::Value &field, py::handle object, const Where &where)
{
    py::object items = py::reinterpret_borrow<py::object>(object);
    if (py::isinstance<PyValue>(object) && is_array(object.cast<const PyValue &>().content().value.type()))
        items = py::list(py::iter(object));
    else if (has_attribute(object, "ndim") && dimensions_of(object) != 1)
        raise_shape(Target{field.type(), where, -1, nullptr}, describe(object));
    if (!PySequence_Check(items.ptr()) || is_mapping(items) || !has_elements(items))
        raise_no_convert(Target{field.type(), where, -1, nullptr}, object,
                         "it takes a sequence; for no elements that is []");
    return items_of(items, Target{field.type(), where, -1, nullptr});
}

pvxs::Value array_from_items(const pvxs::Value &field, py::handle object, const Where &where)
{
    const nesting::Level level(where);
    const py::tuple items = elements_from(field, object, where);
    pvxs::Value result = field.cloneEmpty();
    pvxs::shared_array<pvxs::Value> made(items.size());
    for (size_t i = 0; i < items.size(); i++) {
        const std::string step = "[" + std::to_string(i) + "]";
        made[i] = element_from(result, items[i], Where{&where, step, nullptr});
    }
    result.from(made.freeze());
    return result;
}

} // namespace

pvxs::Value compound_from(const pvxs::Value &field, py::handle object, const Where &where)
{
    const TypeCode code = field.type();
    if (py::isinstance<PyValue>(object)) {
        const pvxs::Value &source = object.cast<const PyValue &>().value;
        if (source.type() == code && same_type(source, field)) {
            nesting::check(source, where);
            return deep_clone(source);
        }
    }
    if (code == TypeCode::Union)
        return union_from(field, object, where);
    if (code != TypeCode::Any)
        return array_from_items(field, object, where);
    pvxs::Value result = field.cloneEmpty();
    const pvxs::Value inner = any_from(object, where);
    if (inner)
        result.from(inner);
    return result;
}

} // namespace aiopvxs

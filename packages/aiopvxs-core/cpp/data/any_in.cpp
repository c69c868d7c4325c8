#include "data/any_in.h"

#include <optional>
#include <vector>

#include "data/clone.h"
#include "data/convert.h"
#include "data/lookup.h"
#include "data/natural.h"
#include "data/nesting.h"
#include "data/plain.h"
#include "data/same_type.h"
#include "data/type_code.h"
#include "data/type_def.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

using pvxs::TypeCode;

constexpr TypeCode::code_t anything = TypeCode::Any;

pvxs::Value of_type(const pvxs::TypeDef &type, py::handle object, const Where &where)
{
    pvxs::Value result = type.create();
    assign(result, object, where);
    return result;
}

pvxs::TypeDef without_members(TypeCode code, const Where &where)
{
    const TypeCode scalar = code.kind() == pvxs::Kind::Compound ? TypeCode(code).scalarOf() : code;
    if (code == TypeCode::Null || scalar == TypeCode::Struct || scalar == TypeCode::Union)
        errors::raise("NoConvert", Target{anything, where, -1, nullptr}.text() + " cannot take a " +
                                       code.name() + " of no members: give a TypeDef instead of the code");
    return pvxs::TypeDef(code);
}

// (code, x) or (TypeDef, x)
std::optional<pvxs::Value> from_pair(py::handle object, const Where &where)
{
    if (!PyTuple_Check(object.ptr()) || PyTuple_GET_SIZE(object.ptr()) != 2)
        return {};
    const py::handle first = PyTuple_GET_ITEM(object.ptr(), 0);
    const py::handle second = PyTuple_GET_ITEM(object.ptr(), 1);
    if (py::isinstance<PyTypeDef>(first))
        return of_type(first.cast<const PyTypeDef &>().built, second, where);
    if (!names_type(first))
        return {};
    return of_type(without_members(type_code_from(first), where), second, where);
}

pvxs::Value from_value(pvxs::Value source, const Where &where)
{
    while (source.type() == TypeCode::Any) {
        pvxs::Value inner = source.as<pvxs::Value>();
        source = std::move(inner);
    }
    nesting::check(source, where);
    return deep_clone(source);
}

MemberDef::Ptr definition(const pvxs::Value &value, const std::string &name)
{
    if (value && !name.empty())
        return MemberDef::of(value, name);
    auto def = std::make_shared<MemberDef>();
    def->code = TypeCode::Any;
    def->name = name;
    def->validate(true);
    return def;
}

// A structure of what is in a dict.
pvxs::Value from_dict(const py::dict &dict, const Where &where)
{
    std::vector<std::pair<std::string, pvxs::Value>> fields;
    auto def = std::make_shared<MemberDef>();
    def->code = TypeCode::Struct;
    for (const auto &item : py::dict(dict.attr("copy")())) {
        if (!PyUnicode_Check(item.first.ptr()))
            errors::raise("FieldLookupError", "field names are str, not " + describe(item.first));
        const std::string name = path_from(item.first);
        fields.emplace_back(name, any_from(item.second, Where{&where, name, nullptr}));
        def->children.push_back(definition(fields.back().second, name));
    }
    pvxs::Value result = PyTypeDef(def).built.create();
    for (const auto &field : fields) {
        pvxs::Value target = result.lookup(field.first);
        if (field.second)
            copy_content(target, field.second);
        target.mark();
    }
    return result;
}

// An array of structures if all are of one type, else of Any.
pvxs::Value from_list(py::handle object, TypeCode code, const Where &where)
{
    const py::list items = py::reinterpret_steal<py::list>(PySequence_List(object.ptr()));
    if (!items)
        throw py::error_already_set();
    pvxs::shared_array<pvxs::Value> made(items.size());
    pvxs::Value first;
    for (size_t i = 0; i < items.size(); i++) {
        const std::string step = "[" + std::to_string(i) + "]";
        made[i] = any_from(items[i], Where{&where, step, nullptr});
        if (!made[i])
            continue;
        if (!first)
            first = made[i];
        if (first.type() != TypeCode::Struct) // no longer what it was when its type was looked at
            code = TypeCode::AnyA;
        else if (!same_type(made[i], first))
            code = TypeCode::AnyA;
    }
    if (code != TypeCode::StructA || !first) {
        pvxs::Value result = pvxs::TypeDef(TypeCode::AnyA).create();
        result.from(made.freeze());
        return result;
    }
    auto def = std::make_shared<MemberDef>(*MemberDef::of(first, ""));
    def->code = TypeCode::StructA;
    pvxs::Value result = PyTypeDef(def).built.create();
    for (size_t i = 0; i < made.size(); i++) {
        if (!made[i])
            continue;
        const pvxs::Value content = made[i];
        made[i] = result.allocMember();
        copy_content(made[i], content);
    }
    result.from(made.freeze());
    return result;
}

} // namespace

pvxs::Value any_from(py::handle object, const Where &where)
{
    const nesting::Level level(where);
    if (object.is_none())
        return {};
    if (auto result = from_pair(object, where))
        return *result;
    if (py::isinstance<PyValue>(object))
        return from_value(object.cast<const PyValue &>().value, where);
    const TypeCode code = natural(object).code;
    if (code == TypeCode::Null)
        raise_no_convert(Target{anything, where, -1, nullptr}, object,
                         "no type follows from it; a type is said by assigning (TypeCodeEnum.X, value)");
    if (code == TypeCode::Struct)
        return from_dict(py::dict(py::reinterpret_borrow<py::object>(object)), where);
    if (code == TypeCode::StructA || code == TypeCode::AnyA)
        return from_list(object, code, where);
    return of_type(pvxs::TypeDef(code), object, where);
}

} // namespace aiopvxs

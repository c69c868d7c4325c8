// Structures by a short name, and fields set from text: what a test writes on one line.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <pvxs/data.h>
#include <pvxs/nt.h>

namespace peers
{

// Field name and text, as in "value=5".
using Assignment = std::pair<std::string, std::string>;

inline Assignment split_assignment(const std::string &token)
{
    const auto at = token.find('=');
    if (at == std::string::npos)
        throw std::invalid_argument("expected FIELD=TEXT, not \"" + token + "\"");
    return {token.substr(0, at), token.substr(at + 1)};
}

inline pvxs::TypeCode code_of(const std::string &name)
{
    using pvxs::TypeCode;
    for (const auto scalar : {TypeCode::Bool, TypeCode::Int8, TypeCode::Int16, TypeCode::Int32,
                              TypeCode::Int64, TypeCode::UInt8, TypeCode::UInt16, TypeCode::UInt32,
                              TypeCode::UInt64, TypeCode::Float32, TypeCode::Float64, TypeCode::String}) {
        for (const TypeCode code : {TypeCode(scalar), TypeCode(scalar).arrayOf()}) {
            std::string spelled = code.name();
            const auto suffix = spelled.find("_t");
            if (suffix != std::string::npos)
                spelled.erase(suffix, 2);
            if (spelled == name)
                return code;
        }
    }
    throw std::invalid_argument("no type is called \"" + name + "\"");
}

// Unions, Any and arrays of these and of structures, filled. What is null is not marked: pvxs cannot
// clone a union that is marked and null. Its clones forget which of two members of one type was selected;
// elements of an array are not cloned.
inline pvxs::Value compound()
{
    namespace members = pvxs::members;
    const auto choices = {members::Int32("first"), members::Int32("second"), members::UInt16A("image")};
    auto value =
        pvxs::TypeDef(pvxs::TypeCode::Struct, "aiopvxs:test/compound:1.0",
                      {
                          members::Union("choice", {members::String("first"), members::Int32("second")}),
                          members::Union("image", choices),
                          members::Union("nothing", choices),
                          members::Any("number"),
                          members::Any("inner"),
                          members::Any("null"),
                          members::StructA("rows", {members::Int32("size"), members::String("name")}),
                          members::UnionA("choices", choices),
                          members::AnyA("anything"),
                          members::StructA("empty", {members::Int32("size")}),
                      })
            .create();
    value["choice->second"] = 7;
    value["image->image"] = pvxs::shared_array<const uint16_t>({1, 2, 3});
    value["number"] = 2.5;
    auto inner = pvxs::TypeDef(pvxs::TypeCode::Struct, {members::String("text")}).create();
    inner["text"] = "inner";
    value["inner"].from(inner);

    pvxs::shared_array<pvxs::Value> rows(3);
    rows[0] = value["rows"].allocMember();
    rows[0]["size"] = 5;
    rows[2] = value["rows"].allocMember();
    rows[2]["name"] = "last";
    value["rows"] = rows.freeze();

    pvxs::shared_array<pvxs::Value> unions(2);
    unions[0] = value["choices"].allocMember();
    unions[0]["->second"] = 9;
    unions[1] = value["choices"].allocMember();
    value["choices"] = unions.freeze();

    pvxs::shared_array<pvxs::Value> anything(3);
    anything[0] = pvxs::TypeDef(pvxs::TypeCode::String).create();
    anything[0] = "text";
    anything[2] = inner.clone();
    value["anything"] = anything.freeze();
    return value;
}

// A value of the named type: "enum", "struct", or a scalar or array name as pvxs spells it without "_t",
// all empty; "compound", filled.
inline pvxs::Value build(const std::string &type)
{
    namespace members = pvxs::members;
    if (type == "compound")
        return compound();
    if (type == "enum")
        return pvxs::nt::NTEnum{}.build().create();
    if (type != "struct")
        return pvxs::nt::NTScalar{code_of(type)}.build().create();
    return pvxs::TypeDef(pvxs::TypeCode::Struct, "aiopvxs:test/several:1.0",
                         {
                             members::Int32("value"),
                             members::Float64("gain"),
                             members::String("label"),
                             members::Int32A("data"),
                             members::Struct("inner", {members::Int32("x"), members::Float64("y")}),
                         })
        .create();
}

inline pvxs::shared_array<const std::string> split_items(const std::string &text)
{
    std::vector<std::string> items;
    std::istringstream stream(text);
    for (std::string item; std::getline(stream, item, ',');)
        items.push_back(item);
    return pvxs::shared_array<std::string>(items.begin(), items.end()).freeze();
}

// Set one field; arrays are comma-separated.
inline void assign(pvxs::Value &value, const Assignment &assignment)
{
    auto field = value.lookup(assignment.first);
    if (field.type().isarray())
        field.from(split_items(assignment.second));
    else
        field.from(assignment.second);
}

// Field `name` of `value` becomes 0, 1, 2 … of the given length.
inline void fill(pvxs::Value &value, const std::string &name, size_t length)
{
    pvxs::shared_array<double> items(length);
    for (size_t i = 0; i < length; i++)
        items[i] = static_cast<double>(i);
    value.lookup(name).from(items.freeze());
}

} // namespace peers

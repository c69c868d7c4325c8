#include "client/measure.h"

namespace aiopvxs
{

namespace
{

std::size_t measure_field(const pvxs::Value &field);

std::size_t measure_array(const pvxs::shared_array<const void> &array)
{
    if (array.empty())
        return 0u;
    std::size_t bytes = array.size() * pvxs::elementSize(array.original_type());
    if (array.original_type() == pvxs::ArrayType::String) {
        for (const std::string &text : array.castTo<const std::string>())
            bytes += text.size();
    } else if (array.original_type() == pvxs::ArrayType::Value) {
        for (const pvxs::Value &element : array.castTo<const pvxs::Value>())
            bytes += measure_field(element);
    }
    return bytes;
}

std::size_t measure_field(const pvxs::Value &field)
{
    if (!field)
        return 0u;
    const pvxs::TypeCode type = field.type();
    if (type == pvxs::TypeCode::Struct)
        return measure(field, large_fields(field));
    if (type == pvxs::TypeCode::Union || type == pvxs::TypeCode::Any)
        return measure_field(field.as<pvxs::Value>());
    return type.isarray() ? measure_array(field.as<pvxs::shared_array<const void>>()) : 0u;
}

} // namespace

std::vector<std::string> large_fields(const pvxs::Value &type)
{
    std::vector<std::string> fields;
    if (type.type() != pvxs::TypeCode::Struct)
        return fields;
    for (const pvxs::Value &field : type.iall()) {
        const pvxs::TypeCode code = field.type();
        if (code.isarray() || code == pvxs::TypeCode::Union || code == pvxs::TypeCode::Any)
            fields.push_back(type.nameOf(field));
    }
    return fields;
}

std::size_t measure(const pvxs::Value &value, const std::vector<std::string> &fields)
{
    std::size_t bytes = 0u;
    for (const std::string &name : fields)
        bytes += measure_field(value[name]); // const lookup: it selects no union member
    return bytes;
}

std::size_t measure_marked(const pvxs::Value &value, const std::vector<std::string> &fields)
{
    std::size_t bytes = 0u;
    for (const std::string &name : fields) {
        const pvxs::Value field = value[name];
        if (field.isMarked(true, true))
            bytes += measure_field(field);
    }
    return bytes;
}

} // namespace aiopvxs

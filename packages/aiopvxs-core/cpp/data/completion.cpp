#include "data/completion.h"

#include "data/compound.h"
#include "data/convert.h"
#include "data/layout.h"

namespace aiopvxs
{

namespace
{

void add_fields(py::list &keys, const std::string &prefix, const pvxs::Value &structure)
{
    for (const Layout::Field &field : Layout::of(structure)->fields)
        keys.append(decode(prefix + field.name));
}

// What is one level below a field called `name`; of a union or Any itself with the name "".
void add_below(py::list &keys, const std::string &name, const pvxs::Value &field)
{
    const std::string arrow = name.empty() ? name : name + "->";
    if (field.type() == pvxs::TypeCode::Struct)
        return add_fields(keys, name + ".", field);
    if (field.type() == pvxs::TypeCode::Any) {
        const auto inner = field.as<pvxs::Value>();
        if (inner.type() == pvxs::TypeCode::Struct)
            add_fields(keys, arrow, inner);
    } else if (field.type() == pvxs::TypeCode::Union) {
        const Selected member = selected(field);
        if (!member.name.empty())
            keys.append(decode(arrow + member.name));
        if (name.empty() && member.content.type() == pvxs::TypeCode::Struct)
            add_fields(keys, member.name + ".", member.content);
    }
}

} // namespace

py::list key_completions(const pvxs::Value &value)
{
    py::list keys;
    if (value.type() != pvxs::TypeCode::Struct) {
        add_below(keys, {}, value);
        return keys;
    }
    const auto layout = Layout::of(value);
    auto known = layout->fields.begin();
    for (const pvxs::Value &field : value.ichildren()) {
        const std::string &name = (known++)->name;
        keys.append(decode(name));
        add_below(keys, name, field);
    }
    return keys;
}

} // namespace aiopvxs

#include "data/union_in.h"

#include <algorithm>
#include <optional>

#include "data/clone.h"
#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/layout.h"
#include "data/natural.h"
#include "data/nesting.h"
#include "data/same_type.h"
#include "data/type_code.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

using pvxs::Kind;
using pvxs::TypeCode;

pvxs::Value with_member(const pvxs::Value &field, const std::string &name, py::handle object,
                        const Where &where)
{
    pvxs::Value result = selected(field).name == name ? deep_clone(field) : field.cloneEmpty();
    pvxs::Value member = result.lookup("->" + name);
    const std::string step = "->" + name;
    assign(member, object, Where{&where, step, nullptr});
    return result;
}

// The same if the member takes the object.
std::optional<pvxs::Value> attempt(const pvxs::Value &field, const std::string &name, py::handle object,
                                   const Where &where)
{
    try {
        return with_member(field, name, object, where);
    } catch (py::error_already_set &e) {
        if (!e.matches(errors::find("DataError")))
            throw;
        return {};
    }
}

const Layout::Field *member_of_code(const Layout &members, TypeCode code)
{
    for (const Layout::Field &member : members.fields) {
        if (member.code == code)
            return &member;
    }
    return nullptr;
}

// ("member", x) or (code, x)
std::optional<pvxs::Value> from_pair(const pvxs::Value &field, const Layout &members, py::handle object,
                                     const Where &where)
{
    if (!PyTuple_Check(object.ptr()) || PyTuple_GET_SIZE(object.ptr()) != 2)
        return {};
    const py::handle first = PyTuple_GET_ITEM(object.ptr(), 0);
    const py::handle second = PyTuple_GET_ITEM(object.ptr(), 1);
    if (PyUnicode_Check(first.ptr())) {
        for (const Layout::Field &member : members.fields) {
            if (member.key.equal(first))
                return with_member(field, member.name, second, where);
        }
        return {};
    }
    if (!names_type(first))
        return {};
    const TypeCode code = type_code_from(first);
    const Layout::Field *member = member_of_code(members, code);
    if (!member)
        raise_no_convert(Target{field.type(), where, -1, nullptr}, object,
                         std::string("it has no member of the type ") + code.name());
    return with_member(field, member->name, second, where);
}

// Into the member of the very type of a Value; two may differ by nothing but their ids.
std::optional<pvxs::Value> from_value(const pvxs::Value &field, const Layout &members,
                                      const pvxs::Value &source, const Where &where)
{
    nesting::check(source, where);
    const std::string present = selected(field).name;
    pvxs::Value result = field.cloneEmpty();
    const Layout::Field *best = nullptr;
    int best_score = -1;
    for (const Layout::Field &member : members.fields) {
        const pvxs::Value prototype = result.lookup("->" + member.name);
        if (!same_type(prototype, source))
            continue;
        const int score = (prototype.id() == source.id() ? 2 : 0) + (member.name == present ? 1 : 0);
        if (score > best_score) {
            best = &member;
            best_score = score;
        }
    }
    if (!best)
        return {};
    pvxs::Value member = result.lookup("->" + best->name);
    copy_content(member, source);
    result.mark();
    return result;
}

// 0 for the kind that an object is, more for those that it can be converted to; negative for none.
int kind_rank(Kind member, Kind object)
{
    static const Kind orders[][4] = {
        {Kind::Bool, Kind::Integer, Kind::Real, Kind::String},
        {Kind::Integer, Kind::Real, Kind::String, Kind::Bool},
        {Kind::Real, Kind::String, Kind::Null, Kind::Null},
        {Kind::String, Kind::Integer, Kind::Real, Kind::Bool},
    };
    for (const auto &order : orders) {
        if (order[0] != object)
            continue;
        const auto *found = std::find(std::begin(order), std::end(order), member);
        return found == std::end(order) ? -1 : static_cast<int>(found - std::begin(order));
    }
    return 0; // an object of no kind: whatever takes it
}

// Of the numbers of one kind: first the smallest that holds every number of an exact type; for Python's
// own numbers the largest, signed before unsigned.
int size_rank(TypeCode member, const Natural &object)
{
    const int size = static_cast<int>(member.size());
    if (member.kind() != object.code.kind() || !is_number(member))
        return 0;
    if (!object.exact)
        return 8 - size + (member.isunsigned() ? 16 : 0);
    const bool wider = member.size() > object.code.size();
    const bool holds = member.kind() == Kind::Real ? wider
                       : member.isunsigned()       ? wider && object.code.isunsigned()
                                                   : wider;
    return holds ? size : 16 + 8 - size;
}

// The smaller, the better; negative: not at all.
int rank(TypeCode member, const Natural &object)
{
    constexpr int step = 100;
    if (member == TypeCode::Any)
        return 9 * step;
    if (member == TypeCode::Union)
        return 8 * step;
    if (object.empty)
        return is_array(member) ? 0 : -1;
    if (object.code == TypeCode::Null)
        return 7 * step;
    if (is_array(member) != is_array(object.code))
        return -1;
    if (member == TypeCode::UnionA || member == TypeCode::AnyA)
        return (object.code == TypeCode::AnyA ? 0 : 5 * step) + (member == TypeCode::AnyA ? step : 0);
    if (member.kind() == Kind::Compound || object.code.kind() == Kind::Compound)
        return member == object.code ? 0 : -1;
    const int kind = kind_rank(member.kind(), object.code.kind());
    return kind < 0 ? -1 : kind * step + size_rank(member, object);
}

std::optional<pvxs::Value> best_fit(const pvxs::Value &field, const Layout &members, const Natural &type,
                                    py::handle object, const Where &where)
{
    std::vector<std::pair<int, const Layout::Field *>> candidates;
    for (const Layout::Field &member : members.fields) {
        const int place = rank(member.code, type);
        if (place >= 0)
            candidates.emplace_back(place, &member);
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const auto &a, const auto &b) { return a.first < b.first; });
    if (PyBytes_Check(object.ptr())) { // no bytes: the text they are
        if (const Layout::Field *text = member_of_code(members, TypeCode::String))
            candidates.emplace_back(0, text);
    }
    for (const auto &candidate : candidates) {
        if (auto result = attempt(field, candidate.second->name, object, where))
            return result;
    }
    return {};
}

[[noreturn]] void refuse(const pvxs::Value &field, const Layout &members, py::handle object,
                         const Where &where)
{
    std::string text;
    for (const Layout::Field &member : members.fields)
        text += (text.empty() ? "" : ", ") + std::string(member.code.name()) + " " + member.name;
    raise_no_convert(Target{field.type(), where, -1, nullptr}, object,
                     "none of its members does (" + text +
                         "); a member is named by assigning (\"member\", value)");
}

} // namespace

pvxs::Value union_from(const pvxs::Value &field, py::handle object, const Where &where)
{
    const nesting::Level level(where);
    if (object.is_none())
        return field.cloneEmpty();
    const auto members = Layout::of(field);
    if (auto result = from_pair(field, *members, object, where))
        return *result;
    if (py::isinstance<PyValue>(object)) {
        const pvxs::Value source = object.cast<const PyValue &>().content().value;
        if (!source)
            return field.cloneEmpty();
        if (auto result = from_value(field, *members, source, where))
            return *result;
        if (source.type().kind() == Kind::Compound) // all of it, not just what is marked
            return union_from(field, to_python(source, Arrays::numpy), where);
    }
    const Natural type = natural(object);
    const Layout::Field *own = type.exact ? member_of_code(*members, type.code) : nullptr;
    if (own && type.code.kind() != Kind::Compound)
        return with_member(field, own->name, object, where);
    const std::string present = selected(field).name;
    if (!present.empty()) {
        if (auto result = attempt(field, present, object, where))
            return *result;
    }
    if (auto result = best_fit(field, *members, type, object, where))
        return *result;
    refuse(field, *members, object, where);
}

} // namespace aiopvxs

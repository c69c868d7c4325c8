#include "data/type_def.h"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <unordered_set>

#include "data/convert.h"
#include "data/nesting.h"
#include "data/spare.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

bool has_members(pvxs::TypeCode code)
{
    const pvxs::TypeCode scalar = code.scalarOf();
    return scalar == pvxs::TypeCode::Struct || scalar == pvxs::TypeCode::Union;
}

bool is_name(const std::string &name)
{
    const char *const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    const std::string following = std::string(letters) + "0123456789";
    return !name.empty() && name.find_first_of(letters) == 0 &&
           name.find_first_not_of(following) == std::string::npos;
}

void mix(std::size_t &seed, std::size_t value) { seed ^= value + 0x9e3779b9 + (seed << 6) + (seed >> 2); }

} // namespace

void MemberDef::validate(bool needs_name) const
{
    const std::string what = name.empty() ? std::string("the type") : "member '" + name + "'";
    if (needs_name && !is_name(name))
        errors::raise(PyExc_ValueError, encode(py::repr(decode(name))) +
                                            " is not a field name: that is a letter or "
                                            "underscore, then letters, digits and underscores");
    if (code == pvxs::TypeCode::Null)
        throw std::invalid_argument(what + " cannot be of type null");
    if (depth() > nesting::most)
        throw std::invalid_argument(what + " is nested more than " + std::to_string(nesting::most) +
                                    " levels deep");
    if (!id.empty() && !has_members(code))
        throw std::invalid_argument(what + " cannot have an id: it is " + code.name() +
                                    ", neither structure nor union");
    if (!children.empty() && !has_members(code))
        throw std::invalid_argument(what + " cannot have members: it is " + code.name() +
                                    ", neither structure nor union");
    std::unordered_set<std::string> names;
    for (const Ptr &child : children) {
        if (!names.insert(child->name).second)
            throw std::invalid_argument(what + " has two members of the name '" + child->name + "'");
    }
}

pvxs::Member MemberDef::to_pvxs() const
{
    std::vector<pvxs::Member> members;
    members.reserve(children.size());
    for (const Ptr &child : children)
        members.push_back(child->to_pvxs());
    return pvxs::Member(code, name, id, members);
}

bool MemberDef::operator==(const MemberDef &other) const
{
    if (code != other.code || name != other.name || id != other.id ||
        children.size() != other.children.size())
        return false;
    for (std::size_t i = 0; i < children.size(); i++) {
        if (!(*children[i] == *other.children[i]))
            return false;
    }
    return true;
}

std::size_t MemberDef::hash() const
{
    std::size_t seed = code.code;
    mix(seed, std::hash<std::string>()(name));
    mix(seed, std::hash<std::string>()(id));
    for (const Ptr &child : children)
        mix(seed, child->hash());
    return seed;
}

int MemberDef::depth() const
{
    int deepest = 0;
    for (const Ptr &child : children)
        deepest = std::max(deepest, child->depth());
    return 1 + deepest;
}

MemberDef::Ptr MemberDef::of(const pvxs::Value &field, const std::string &name)
{
    auto def = std::make_shared<MemberDef>();
    def->code = field.type();
    def->name = name;
    pvxs::Value structure = field;
    if (def->code == pvxs::TypeCode::StructA || def->code == pvxs::TypeCode::UnionA)
        structure = structure.allocMember();
    def->id = structure.id();
    for (const pvxs::Value &child : structure.ichildren())
        def->children.push_back(of(child, structure.nameOf(child)));
    def->validate(!name.empty()); // a server may use names that pvxs does not let one define
    return def;
}

pvxs::Value PyTypeDef::create() const
{
    if (!prototype)
        prototype = built.create();
    return spare::take(prototype);
}

PyTypeDef::PyTypeDef(MemberDef::Ptr definition) : top(std::move(definition))
{
    top->validate(false);
    std::vector<pvxs::Member> members;
    for (const MemberDef::Ptr &child : top->children)
        members.push_back(child->to_pvxs());
    built = pvxs::TypeDef(top->code, top->id, members);
}

} // namespace aiopvxs

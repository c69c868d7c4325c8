// Definitions of types. pvxs::TypeDef tells nothing about what is in it, so the members are kept here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "python.h"

namespace aiopvxs
{

// One field of a definition, or the whole (then without a name); immutable.
struct MemberDef {
    using Ptr = std::shared_ptr<const MemberDef>;

    pvxs::TypeCode code;
    std::string name;
    std::string id;
    std::vector<Ptr> children;

    // Raise std::invalid_argument (ValueError) for what pvxs would refuse, or accept and then confuse.
    void validate(bool needs_name) const;
    pvxs::Member to_pvxs() const;
    bool operator==(const MemberDef &other) const;
    std::size_t hash() const;
    // Levels of members in members.
    int depth() const;

    // The definition of an existing field.
    static Ptr of(const pvxs::Value &field, const std::string &name);
};

struct PyMember {
    MemberDef::Ptr def;
};

struct PyTypeDef {
    MemberDef::Ptr top;
    pvxs::TypeDef built; // making values of it again and again shares one type

    explicit PyTypeDef(MemberDef::Ptr definition);
    pvxs::Value create() const;

private:
    mutable pvxs::Value prototype; // made by the first create()
};

void register_type_def(py::module_ &m);

} // namespace aiopvxs

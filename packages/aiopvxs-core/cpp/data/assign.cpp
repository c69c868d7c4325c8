// Assignment of Python objects to fields.
#include "data/clone.h"
#include "data/convert.h"
#include "data/same_type.h"
#include "data/stage.h"
#include "errors.h"

namespace aiopvxs
{

void assign(pvxs::Value &field, py::handle object, const Where &where)
{
    if (!field)
        errors::raise("NoField", "a Null value cannot be assigned to");
    if (field.type() != pvxs::TypeCode::Struct)
        return Staged(field, object, where).commit();
    if (py::isinstance<PyValue>(object)) {
        const pvxs::Value &source = object.cast<const PyValue &>().value;
        if (same_type(source, field))
            return merge(field, source);
    }
    std::vector<Staged> plan;
    stage_structure(plan, field, object, where);
    for (Staged &leaf : plan)
        leaf.commit();
}

void assign(pvxs::Value &field, py::handle object, const std::string &path)
{
    assign(field, object, Where{nullptr, path, nullptr});
}

} // namespace aiopvxs

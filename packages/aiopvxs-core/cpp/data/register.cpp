#include "data/register.h"

#include "data/register_pickle.h"
#include "data/register_value.h"
#include "data/sendable.h"
#include "data/slots.h"
#include "data/type_code.h"
#include "data/type_def.h"
#include "errors.h"

namespace aiopvxs
{

void register_data(py::module_ &m)
{
    py::register_local_exception_translator(&errors::translate);
    register_type_code(m);
    ValueClass value(m, "Value", py::custom_type_setup(&slots::set),
                     "A field, or a structure of fields (pvxs::Value).");
    register_type_def(m);
    register_value(value);
    register_value_readers(value);
    register_value_union(value);
    register_value_leaf(value);
    register_value_text(value);
    register_state(m);
    register_rows(m);
    sendable::register_sendable(m);
}

} // namespace aiopvxs

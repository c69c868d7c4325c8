// The field that an error is about, and the sentences of conversion errors.
#pragma once

#include <string>
#include <string_view>

#include "data/py_value.h"
#include "python.h"

namespace aiopvxs
{

// A path that is put together only if an error needs it. Lives on the stack, beside what it names.
struct Where {
    const Where *outer = nullptr;
    std::string_view name;
    const PyValue *of = nullptr; // the value that the outermost name is looked up in

    std::string path() const;
};

// What an object is to be converted to: a field, or one element of it.
struct Target {
    pvxs::TypeCode code; // of the field
    const Where &where;
    py::ssize_t element = -1;
    const char *as = nullptr; // when reading: the Python type asked for

    // "field 'alarm.severity' (int32_t)", "element 3 of field 'value' (double[])"
    std::string text() const;
};

// "int 300", "str 'abc'", "list of 3 items": type and shortened value of any object, for messages.
std::string describe(py::handle object);

[[noreturn]] void raise_no_convert(const Target &target, py::handle object, const std::string &why = {});
[[noreturn]] void raise_out_of_range(const Target &target, const std::string &object);
[[noreturn]] void raise_shape(const Target &target, const std::string &object);

} // namespace aiopvxs

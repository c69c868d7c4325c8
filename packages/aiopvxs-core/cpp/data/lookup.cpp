#include "data/lookup.h"

#include "data/clone.h"
#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/missing.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

bool is_holder(pvxs::TypeCode code) { return code == pvxs::TypeCode::Union || code == pvxs::TypeCode::Any; }

// A path of fields of a union or Any means those of what it holds; only pvxs 1.5 adds the arrow itself,
// and only for unions.
std::string with_arrow(const pvxs::Value &value, const std::string &path)
{
    return is_holder(value.type()) && path.compare(0, 2, "->") != 0 ? "->" + path : path;
}

} // namespace

std::string path_from(py::handle name)
{
    try {
        return encode(name);
    } catch (py::error_already_set &) {
        PyObject *bytes = PyUnicode_AsEncodedString(name.ptr(), "utf-8", "backslashreplace");
        if (!bytes)
            throw py::error_already_set();
        return py::reinterpret_steal<py::bytes>(bytes);
    }
}

bool leaves_structure(const std::string &path) { return path.find_first_of("[-") != std::string::npos; }

bool leaves_structure(const pvxs::Value &value, const std::string &path)
{
    return value.type() != pvxs::TypeCode::Struct || leaves_structure(path);
}

pvxs::Value find(const pvxs::Value &value, const std::string &path)
{
    if (path.empty() || !value)
        return {};
    try {
        if (is_holder(value.type()))
            return value[with_arrow(value, path)];
        return value[path];
    } catch (std::exception &) {
        return {}; // an index that is no number
    }
}

PyValue find_view(const PyValue &self, const std::string &path)
{
    if (!leaves_structure(self.value, path))
        return self.field(find(self.value, path));
    const std::string whole = with_arrow(self.value, path);
    pvxs::Value found = find(self.value, whole);
    if (!found)
        return {};
    if (whole.find('[') != std::string::npos)
        return PyValue(deep_clone(found)); // as reading an element of such an array does
    const size_t arrow = whole.rfind("->");
    const PyValue above = arrow ? find_view(self, whole.substr(0, arrow)) : self;
    const bool of_union = above.value.type() == pvxs::TypeCode::Union;
    PyValue inner(above.value.as<pvxs::Value>());
    inner.holder = std::make_shared<const PyValue>(above);
    if (inner.value.equalInst(found))
        return inner;
    if (of_union || inner.value.type() == pvxs::TypeCode::Struct)
        return inner.field(std::move(found));
    return PyValue(deep_clone(found));
}

pvxs::Value writable(const pvxs::Value &structure, const std::string &path)
{
    pvxs::Value field = find(structure, path);
    if (!field)
        raise_missing(structure, path);
    return field;
}

Outward outward(const pvxs::Value &value, const std::string &path)
{
    if (!value)
        raise_missing(value, path);
    if (value.type() != pvxs::TypeCode::Struct)
        return {value, with_arrow(value, path)};
    const size_t end = path.find_first_of("[-");
    return {writable(value, path.substr(0, end)), path.substr(end)};
}

std::string missing_text(const pvxs::Value &value, const std::string &path)
{
    return missing::text(value, with_arrow(value, path));
}

void raise_missing(const pvxs::Value &value, const std::string &path)
{
    errors::raise(value ? "FieldLookupError" : "NoField", missing_text(value, path));
}

} // namespace aiopvxs

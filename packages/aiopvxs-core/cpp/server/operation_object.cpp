#include "server/operation_object.h"

#include <new>
#include <string>

#include "data/clone.h"
#include "data/convert.h"
#include "data/py_value.h"
#include "data/same_type.h"
#include "data/sendable.h"
#include "python_call.h"
#include "server/channel.h"
#include "server/groups.h"
#include "server/operation.h"

namespace aiopvxs::server
{

namespace
{

using Self = OperationHandle;

PyTypeObject *operation_type;

std::string subject(const Self &self) { return "The answer of PV \"" + self.exec->name() + "\""; }

// The value that goes out, of the type which the operation was told; with the GIL, for the caller may change
// `given` afterwards.
pvxs::Value outgoing(const Self &self, const PyValue &given)
{
    sendable::check_for_clients(given.value, subject(self));
    if (self.exec->kind() == Exec::Kind::rpc) {
        if (given.value.valid() && given.value.type() != pvxs::TypeCode::Struct)
            throw py::type_error(subject(self) + " to an RPC is a structure, not " +
                                 given.value.type().name());
        return given.value.valid() ? deep_clone(given.value) : pvxs::Value();
    }
    const pvxs::Value &type = self.exec->operation().prototype();
    if (!given.value.valid() || !same_type(type, given.value))
        throw py::type_error(subject(self) + " to a get has another structure than the PV");
    pvxs::Value value = type.cloneEmpty();
    merge(value, given.value);
    return value;
}

bool answer(const Self &self, const PyValue *given, bool later)
{
    if (self.exec->kind() == Exec::Kind::put && given)
        throw py::type_error(subject(self) + " to a put has no value");
    if (self.exec->kind() == Exec::Kind::get && !given)
        throw py::type_error(subject(self) + " to a get is a value, and there is none");
    const pvxs::Value value = given ? outgoing(self, *given) : pvxs::Value();
    if (later)
        return self.exec->reply_later(value);
    py::gil_scoped_release release;
    return given ? self.exec->reply(value) : self.exec->reply();
}

const PyValue *value_or_none(const Self &self, PyObject *given)
{
    if (given == Py_None)
        return nullptr;
    const PyValue *value = instance::held(given);
    if (value == nullptr)
        throw py::type_error(subject(self) + " is a Value or None, not " + encode(py::repr(given)));
    return value;
}

std::string text_of(const Self &self, PyObject *given)
{
    if (PyUnicode_Check(given) == 0)
        throw py::type_error("What a client of PV \"" + self.exec->name() + "\" is told is a str, not " +
                             encode(py::repr(given)));
    return encode(py::reinterpret_borrow<py::str>(given));
}

py::object key(const Self &self) { return py::int_(self.key); }

py::object number(const Self &self) { return py::int_(self.exec->number()); }

// Made once: an enum's member costs more than all else of a short handler.
py::object kind(const Self &self)
{
    static PyObject *const words[] = {interned("get"), interned("put"), interned("rpc")};
    const auto kind = self.exec->kind();
    return py::reinterpret_borrow<py::object>(words[kind == Exec::Kind::get   ? 0
                                                    : kind == Exec::Kind::put ? 1
                                                                              : 2]);
}

py::object name(const Self &self) { return decode(self.exec->name()); }

py::object peer(const Self &self) { return decode(self.exec->client().peer); }

py::object account(const Self &self) { return decode(self.exec->client().account); }

py::object method(const Self &self) { return decode(self.exec->client().method); }

py::object request(const Self &self) { return py::cast(PyValue(deep_clone(self.exec->request()))); }

py::object argument(const Self &self) { return py::cast(PyValue(self.exec->argument)); }

py::object answered(const Self &self) { return py::bool_(self.exec->answered()); }

py::object cancelled(const Self &self) { return py::bool_(self.exec->cancelled()); }

} // namespace

template <auto read>
PyObject *OperationObject::get(PyObject *object, void *)
{
    return guarded_call<PyObject *>(nullptr, [&]() { return read(of(object)).release().ptr(); });
}

py::object OperationObject::make_type(py::module_ &m)
{
    static PyGetSetDef properties[] = {
        {"key", get<key>, nullptr, "The key of the handler that it is for.", nullptr},
        {"number", get<number>, nullptr, "What it is told of by.", nullptr},
        {"kind", get<kind>, nullptr, "What the client asks for: get, put or rpc.", nullptr},
        {"name", get<name>, nullptr, "The name under which the client knows the PV.", nullptr},
        {"peer", get<peer>, nullptr, "Address of the client, host:port.", nullptr},
        {"account", get<account>, nullptr, "The user that the client says it is.", nullptr},
        {"method", get<method>, nullptr, "How it says so.", nullptr},
        {"request", get<request>, nullptr, "A copy of the pvRequest.", nullptr},
        {"argument", get<argument>, nullptr, "What the client sent with a put or RPC.", nullptr},
        {"answered", get<answered>, nullptr,
         "True once it is answered, or the client no longer wants an answer.", nullptr},
        {"cancelled", get<cancelled>, nullptr, "True once the client no longer wants an answer.", nullptr},
        {nullptr, nullptr, nullptr, nullptr, nullptr},
    };
    static PyMethodDef methods[] = {
        {"roles", roles, METH_NOARGS,
         "roles($self, /)\n--\n\nLook up the groups of the account, sorted. This may block."},
        {"reply", method_function(reply), METH_FASTCALL,
         "reply($self, value=None, later=False, /)\n--\n\nAnswer, with a copy of value unless it is a put; "
         "False if it was answered or cancelled before. Later: Executor.flush() sends it, or 10 ms."},
        {"error", error, METH_O,
         "error($self, text, /)\n--\n\nRefuse; False if it was answered or cancelled before."},
        {"log", method_function(log), METH_FASTCALL,
         "log($self, warning, text, /)\n--\n\nSend a text beside the answer."},
        {nullptr, nullptr, 0, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_doc, const_cast<char *>("A get, put or RPC that waits for its answer.")},
        {Py_tp_dealloc, reinterpret_cast<void *>(destroy)},
        {Py_tp_getset, properties},
        {Py_tp_methods, methods},
        {0, nullptr},
    };
    static PyType_Spec spec = {
        "aiopvxs_core._core.server.Operation",
        sizeof(OperationObject),
        0,
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
        slots,
    };
    py::object type = checked(PyType_FromModuleAndSpec(m.ptr(), &spec, nullptr));
    operation_type = reinterpret_cast<PyTypeObject *>(type.inc_ref().ptr());
    return type;
}

py::object OperationObject::make(OperationHandle &&handle)
{
    auto made = PyObject_New(OperationObject, operation_type);
    if (made == nullptr)
        throw py::error_already_set();
    new (&made->handle) OperationHandle(std::move(handle));
    return py::reinterpret_steal<py::object>(reinterpret_cast<PyObject *>(made));
}

py::object Arrival::to_python() { return OperationObject::make(std::move(handle)); }

// Perhaps the last reference of the Exec, whose end answers the client, without the GIL.
void OperationObject::destroy(PyObject *object)
{
    auto type = Py_TYPE(object);
    PyThreadState *const state = PyEval_SaveThread();
    of(object).~OperationHandle();
    PyEval_RestoreThread(state);
    type->tp_free(object);
    Py_DECREF(type);
}

PyObject *OperationObject::roles(PyObject *object, PyObject *)
{
    return guarded_call<PyObject *>(nullptr,
                                    [&]() { return groups_of(of(object).exec->client()).release().ptr(); });
}

PyObject *OperationObject::reply(PyObject *object, PyObject *const *arguments, Py_ssize_t count)
{
    if (count > 2) {
        PyErr_SetString(PyExc_TypeError, "reply() takes a value, and whether it is sent later");
        return nullptr;
    }
    return guarded_call<PyObject *>(nullptr, [&]() {
        const bool later = count > 1 && is_true(py::reinterpret_borrow<py::object>(arguments[1]));
        const PyValue *given = value_or_none(of(object), count > 0 ? arguments[0] : Py_None);
        return PyBool_FromLong(answer(of(object), given, later) ? 1 : 0);
    });
}

PyObject *OperationObject::error(PyObject *object, PyObject *text)
{
    return guarded_call<PyObject *>(nullptr, [&]() {
        std::string message = text_of(of(object), text);
        if (message.empty()) // pvxs refuses to send an empty one
            message = "The server failed without saying why";
        bool sent;
        {
            py::gil_scoped_release release;
            sent = of(object).exec->error(message);
        }
        return PyBool_FromLong(sent ? 1 : 0);
    });
}

PyObject *OperationObject::log(PyObject *object, PyObject *const *arguments, Py_ssize_t count)
{
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "log() takes whether it is a warning, and a text");
        return nullptr;
    }
    return guarded_call<PyObject *>(nullptr, [&]() {
        const bool warning = is_true(py::reinterpret_borrow<py::object>(arguments[0]));
        const std::string message = text_of(of(object), arguments[1]);
        {
            py::gil_scoped_release release;
            of(object).exec->log(warning, message);
        }
        return py::none().release().ptr();
    });
}

} // namespace aiopvxs::server

// Prints the types that PVXS's own builders make, as its tree format shows empty values of them.

#include <iostream>

#include <pvxs/data.h>
#include <pvxs/nt.h>

namespace
{

using pvxs::TypeCode;

void show(const char *name, const pvxs::TypeDef &definition)
{
    std::cout << "== " << name << '\n' << definition.create();
}

void show_scalar(const char *name, TypeCode code, int flags)
{
    pvxs::nt::NTScalar scalar{code};
    scalar.display = flags & 1;
    scalar.control = flags & 2;
    scalar.valueAlarm = flags & 4;
    scalar.form = flags & 8;
    const auto title = std::string(name) + " " + std::to_string(flags);
    show(title.c_str(), scalar.build());
}

} // namespace

int main()
{
    for (int flags = 0; flags < 16; flags++) {
        show_scalar("Float64", TypeCode::Float64, flags);
        show_scalar("Int16A", TypeCode::Int16A, flags);
        show_scalar("String", TypeCode::String, flags);
        show_scalar("BoolA", TypeCode::BoolA, flags);
    }
    show("NTEnum", pvxs::nt::NTEnum{}.build());
    show("NTNDArray", pvxs::nt::NTNDArray{}.build());
    pvxs::nt::NTTable table;
    table.add_column(TypeCode::Float64, "pos", "Position");
    table.add_column(TypeCode::String, "name");
    show("NTTable", table.build());
    std::cout << "== NTTable labels\n" << table.create()["labels"];
    using pvxs::members::Float64;
    using pvxs::members::String;
    show("NTURI", pvxs::nt::NTURI({Float64("a"), String("b")}).build());
    return 0;
}

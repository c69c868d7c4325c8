#include "data/rows.h"

#include "data/compound.h"
#include "data/convert.h"
#include "data/format_leaf.h"
#include "data/layout.h"

namespace aiopvxs
{

namespace
{

class Rows
{
public:
    py::list rows;

    Rows(size_t most_elements, size_t most_rows) : most_elements(most_elements), most_rows(most_rows) {}

    // `around` are the types of the unions and Any that the field is in.
    void show(int depth, const std::string &name, const pvxs::Value &field, bool marked,
              const std::string &around = {})
    {
        if (rows.size() >= most_rows)
            return;
        const pvxs::TypeCode code = field.type();
        if (code == pvxs::TypeCode::Null)
            return add(depth, name, around.empty() ? "null" : around, py::str("null"), marked);
        std::string type = around.empty() ? code.name() : around + " " + code.name();
        if (!field.id().empty())
            type += " " + quoted(field.id());
        switch (code.code) {
        case pvxs::TypeCode::Struct:
            add(depth, name, type, py::none(), marked);
            return show_fields(depth + 1, field, marked);
        case pvxs::TypeCode::Union:
            return show_selected(depth, name, selected(field), marked, type);
        case pvxs::TypeCode::Any:
            return show_content(depth, name, field.as<pvxs::Value>(), marked, type);
        case pvxs::TypeCode::StructA:
        case pvxs::TypeCode::UnionA:
        case pvxs::TypeCode::AnyA:
            return show_elements(depth, name, field, marked, type);
        default:
            add(depth, name, type, decode(leaf_text(field, most_elements)), marked);
        }
    }

private:
    const size_t most_elements;
    const size_t most_rows;
    int inside = 0; // of unions, Any and elements, where marks mean nothing

    void add(int depth, const std::string &name, const std::string &type, const py::object &text, bool marked)
    {
        if (rows.size() + 1 < most_rows)
            rows.append(py::make_tuple(depth, decode(name), decode(type), text, marked));
        else if (rows.size() < most_rows)
            rows.append(py::make_tuple(depth, "...", "", py::none(), false));
    }

    void show_fields(int depth, const pvxs::Value &structure, bool marked)
    {
        const auto layout = Layout::of(structure);
        auto known = layout->fields.begin();
        for (const pvxs::Value &field : structure.ichildren())
            show(depth, (known++)->name, field, marked || (!inside && field.isMarked(false, false)));
    }

    void show_content(int depth, const std::string &name, const pvxs::Value &field, bool marked,
                      const std::string &type)
    {
        inside++;
        show(depth, name, field, marked, type);
        inside--;
    }

    void show_selected(int depth, const std::string &name, const Selected &member, bool marked,
                       const std::string &type)
    {
        show_content(depth, member.name.empty() ? name : name + "->" + member.name, member.content, marked,
                     type);
    }

    void show_elements(int depth, const std::string &name, const pvxs::Value &field, bool marked,
                       const std::string &type)
    {
        const auto array = elements(field);
        add(depth, name, type, py::str("{" + std::to_string(array.size()) + "}"), marked);
        for (size_t i = 0; i < array.size() && rows.size() < most_rows; i++) {
            if (i == most_elements)
                return add(depth + 1, "...", {}, py::none(), false);
            const std::string index = "[" + std::to_string(i) + "]";
            if (array[i] && field.type() == pvxs::TypeCode::UnionA)
                show_selected(depth + 1, index, selected(field, array[i]), marked, "union");
            else
                show_content(depth + 1, index, array[i], marked, {});
        }
    }
};

} // namespace

py::list rows_of(const pvxs::Value &value, size_t most_elements, size_t most_rows)
{
    Rows rows(most_elements, most_rows);
    rows.show(0, {}, value, value.valid() && value.isMarked(true, false));
    return std::move(rows.rows);
}

} // namespace aiopvxs

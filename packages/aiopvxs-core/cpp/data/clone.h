// Copies that share nothing mutable, and the joining of two values of one type.
//
// pvxs's clone() shares the elements of struct, union and Any arrays, and its assign() throws for, or
// keeps, a union that is set to null. These do neither. No function here needs the GIL.
#pragma once

#include "python.h"

namespace aiopvxs
{

// A copy of the same type instance with the same marks. Numeric and string arrays (immutable once in a
// Value) stay shared; elements of compound arrays and contents of unions and Any are copied.
pvxs::Value deep_clone(const pvxs::Value &source);

// A copy of what is marked: all that a subscriber needs of an update.
pvxs::Value copy_of_marked(const pvxs::Value &source);

// True if a value of this type has parts that pvxs shares and Python could change (struct, union and
// Any arrays, unions, Any): only then is deep_clone needed where nobody else holds the value.
bool shares_parts(const pvxs::Value &type);

// Copy the marked leaves of `source` into `target` and mark them there; both have the same structure
// (equalType), not necessarily the same type instance. Unmarked leaves of `target` stay as they were.
void merge(pvxs::Value &target, const pvxs::Value &source);

// Copy contents and marks of `source`, marked or not, into `target`; both are of an equal type.
void copy_content(pvxs::Value &target, const pvxs::Value &source);

// An independent copy of an element of a struct, union or Any array; Null for a null one.
pvxs::Value copy_element(const pvxs::Value &array, const pvxs::Value &element);

// Copy one leaf (any field but a structure) into another of an equal type and mark the target.
void copy_leaf(pvxs::Value &target, const pvxs::Value &source);

} // namespace aiopvxs

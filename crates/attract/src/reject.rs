//! Why a search is refused. Text never is: whatever people type is only words to look for.

kernel::reject_table! {
    SEARCH_FIELD_OUT_OF_RANGE: Invalid, "search_field_out_of_range", "A search field is outside of what it allows.",
        "Change the field that is named to a value inside the range.";
    SEARCH_FIELD_MISSING: Invalid, "search_field_missing", "The chosen order needs a field that was not given.",
        "Add the field that is named or choose another order.";
    SEARCH_CURSOR_UNKNOWN: Invalid, "search_cursor_unknown", "The cursor does not belong to this search.",
        "Repeat the search that gave the cursor without a change, or start again without a cursor.";
}

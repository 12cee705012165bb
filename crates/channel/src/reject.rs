//! Every reason for which an entry or a share link is refused.

kernel::reject_table! {
    ENTRY_KIND: Invalid, "entry_kind",
        "An entry of this kind is not made by hand.",
        "Choose another kind; a share link makes its own entry.";
    ENTRY_CLOSED: Conflict, "entry_closed",
        "The entry is closed.",
        "Make another one.";
    VISITS_TOO_MANY: Invalid, "visits_too_many",
        "Visits are recorded in batches of 1 to 1,000.",
        "Cut the batch into smaller ones.";
}

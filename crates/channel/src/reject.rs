//! Every reason for which an entry or a share link is refused.

kernel::reject_table! {
    ENTRY_INVALID: Invalid, "entry_invalid",
        "The entry's name or kind is not possible.",
        "Give a name of 1 to 80 characters and a kind other than share.";
    VISITS_TOO_MANY: Invalid, "visits_too_many",
        "Visits are recorded in batches of 1 to 1,000.",
        "Cut the batch into smaller ones.";
}

//! The reasons for which this crate says no.

kernel::reject_table! {
    REVIEW_INVALID: Invalid, "review_invalid",
        "The review breaks a rule of form.",
        "The detail says which field and which rule.";
    REVIEW_NOT_YOURS: NotFound, "review_redemption_unknown",
        "You have no such redemption.",
        "Reviews are written from your own visits.";
    REVIEW_VISIT_VOID: Conflict, "review_visit_void",
        "The redemption was undone or refunded.",
        "Only visits that stand can be reviewed.";
    REVIEW_EXISTS: Conflict, "review_exists",
        "This visit was reviewed before.",
        "One visit has one review.";
    REVIEW_BY_STAFF: Forbidden, "review_by_staff",
        "Who works for the merchant cannot review it.",
        "Ask a guest.";
    REVIEW_UNKNOWN: NotFound, "review_unknown",
        "There is no such review.",
        "Check the id.";
    REVIEW_NOT_SHOWN: Conflict, "review_not_shown",
        "The review is hidden.",
        "Reload it to see its state.";
    REVIEW_NOT_HIDDEN: Conflict, "review_not_hidden",
        "The review was not hidden by an operator.",
        "Reload it to see its state.";
    REVIEW_REPLIED: Conflict, "review_replied",
        "The review has a reply.",
        "One review has one reply.";
    COMPLAINT_INVALID: Invalid, "complaint_invalid",
        "The complaint breaks a rule of form.",
        "The detail says which field and which rule.";
    COMPLAINT_EXISTS: Conflict, "complaint_exists",
        "There is a complaint about this order.",
        "Go on with that one, or read how it ended.";
    COMPLAINT_NOT_POSSIBLE: Conflict, "complaint_not_possible",
        "Nobody can complain about this order now.",
        "The detail says why.";
    COMPLAINT_STATUS: Conflict, "complaint_status",
        "That is not possible where the complaint stands.",
        "Reload it to see whose turn it is.";
    COMPLAINT_OF_YOURS: Forbidden, "complaint_of_yours",
        "You are a side of this complaint.",
        "Leave it to somebody who is none.";
    COMPLAINT_DECIDED_BY_YOU: Forbidden, "complaint_decided_by_you",
        "You decided this complaint before.",
        "An appeal is another operator's to decide.";
}

//! The reasons for which this crate says no.

kernel::reject_table! {
    CHAT_INVALID: Invalid, "chat_message_invalid",
        "The message breaks a rule of form.",
        "The detail says which field and which rule.";
    CHAT_UNANSWERED: Conflict, "chat_unanswered",
        "The merchant has not answered your last 20 messages.",
        "Wait for an answer, then write on.";
    CHAT_MUTED: Forbidden, "chat_muted",
        "This merchant takes no more messages from you.",
        "Call the store if it is about a booking or an order.";
}

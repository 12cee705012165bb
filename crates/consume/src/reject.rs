//! The reasons for which this crate says no.

kernel::reject_table! {
    VOUCHER_UNKNOWN: NotFound, "redeem_voucher_unknown",
        "This merchant has no such voucher.",
        "Check that the guest shows a voucher of this merchant.";
    VOUCHER_WRONG_STORE: Conflict, "redeem_wrong_store",
        "The voucher cannot be used in this store.",
        "Its page lists the stores that take it.";
    VOUCHER_REBOUND: Conflict, "redeem_voucher_rebound",
        "The voucher has moved to another device or person since this QR's pass was made.",
        "Ask the guest to open the voucher again with a network, or type its code.";
    VOUCHER_USED_UP: Conflict, "redeem_voucher_used_up",
        "Every use of the voucher is taken.",
        "The detail says when and where it was last used, and so do `last_scanned_at`, `last_store` and `last_use_no`.";
    VOUCHER_REFUNDED: Conflict, "redeem_voucher_refunded",
        "The voucher was refunded.",
        "The guest can buy it again.";
    VOUCHER_EXPIRED: Conflict, "redeem_voucher_expired",
        "The voucher has expired.",
        "The guest finds in the order what becomes of its money.";
    AMOUNT_MISSING: Conflict, "redeem_amount_missing",
        "This is a stored-value card: how much of it is to be taken has to be said.",
        "Send the amount as `uses`, in minor units of `currency` and at most `uses_left`.";
    USES_LEFT: Conflict, "redeem_uses_left",
        "The voucher has not so many uses left, or its period allows fewer.",
        "Take at most `uses_left`.";
    USES_HELD: Conflict, "redeem_uses_held",
        "What is left of the card is kept for bookings.",
        "Find the guest's booking on the list of the day, or cancel one that is not needed.";
    CARD_NOT_ACCEPTED: Conflict, "card_not_accepted",
        "This is no card of yours that pays for the offer.",
        "Choose one that `listBookingCards` names.";
    PERIOD_FULL: Conflict, "redeem_period_full",
        "The card was used, or is booked, as often as its period allows.",
        "It can be used again from `next_from`.";
    TICKET_NEEDS_SEATS: Conflict, "redeem_ticket_needs_seats",
        "The seats of this open ticket are not chosen yet.",
        "Choose as many as `seats` says for the `voucher`, of a showing of the `offer`; then redeem it.";
    TICKET_NOT_OPEN: Conflict, "ticket_not_open",
        "This is no open ticket, or its seats are chosen, or it is used up or refunded.",
        "Reload the voucher to see what it is a right to.";
    CODE_UNKNOWN: NotFound, "redeem_code_unknown",
        "No voucher of this merchant has this code.",
        "Read the code again, or scan the QR; ten wrong codes lock the staff member and the device.";
    CODES_LOCKED: TooMany, "redeem_codes_locked",
        "Too many wrong codes were typed by this staff member or on this device.",
        "Scan the QR instead, or wait until the time in the detail, which is `locked_until`.";
    SCANS_TOO_MANY: Invalid, "sync_scans_too_many",
        "A sync takes a limited number of scans.",
        "Send the queue in parts; scans sent twice do no harm.";
    NONCE_REUSED: Conflict, "sync_nonce_reused",
        "The device sent another voucher under this nonce before.",
        "Give every scan a nonce of its own, 16 random bytes.";
    REDEMPTION_NOT_LIVE: Conflict, "redemption_not_live",
        "The redemption was undone or refunded before.",
        "Reload it to see its state.";
    UNDO_TOO_LATE: Conflict, "undo_too_late",
        "The time in which a redemption can be undone is over.",
        "A manager can refund it instead.";
    UNDO_SETTLED: Conflict, "undo_settled",
        "The redemption is part of a payout.",
        "A manager can refund it instead; the amount is deducted from the next payout.";
    UNDO_NOT_LAST: Conflict, "undo_not_last",
        "A later use of the same voucher stands.",
        "Undo the later use first, or let a manager refund this one.";
    UNDO_CLAIMED: Conflict, "undo_claimed",
        "Something of the guests' security deposit was claimed, so they were there.",
        "The platform's support can give the claim back; a manager can refund this use.";
    UNDO_VOUCHER_CLOSED: Conflict, "undo_voucher_closed",
        "The rest of the voucher was refunded or has expired, so the use cannot be given back.",
        "A manager can refund this use instead.";
    REFUND_TOO_LATE: Conflict, "refund_redeemed_too_late",
        "The refund window of the redemption is closed.",
        "Only the platform's own people can refund it now.";
    BOOKING_NOT_OFFERED: NotFound, "booking_not_offered",
        "This cannot be booked there.",
        "Read the offer's availability: it says what can be booked, and where.";
    BOOKING_PARTY: Invalid, "booking_party",
        "The party is too small or too large for this.",
        "Change the number that is named.";
    BOOKING_TIME: Conflict, "booking_time",
        "This time cannot be booked.",
        "Choose one of the times that the availability lists.";
    BOOKING_FULL: Conflict, "booking_full",
        "Nothing is free at that time.",
        "Choose another time, such as one of the alternatives, which are the nearest.";
    SEATS_TAKEN: Conflict, "seats_taken",
        "A seat that was chosen is taken.",
        "Choose others, such as the alternatives: as many side by side, and the nearest.";
    SEAT_LEFT_ALONE: Conflict, "seat_left_alone",
        "The choice would leave a single seat alone, and this hall does not sell so while others are to be had.",
        "Choose seats beside those that are taken or beside an aisle, such as the alternatives, which are the nearest.";
    SEATS_OTHER_PRICE: Conflict, "seats_other_price",
        "These seats cost something else than those that were paid for.",
        "Choose seats that cost the same, or ask the store.";
    BOOKING_STATUS: Conflict, "booking_status",
        "The booking is in a state in which this cannot be done.",
        "Reload it to see its state.";
    BOOKING_NOT_FREE: Conflict, "booking_not_free",
        "It is too late to move the booking.",
        "Ask the store, or cancel it: what comes back is shown first.";
    BOOKING_TOO_EARLY: Conflict, "booking_too_early",
        "The place is still kept for the guest.",
        "Wait until the time in the detail.";
    WAITLIST_NOT_FULL: Conflict, "waitlist_not_full",
        "Something is free in that time.",
        "Book it: the alternatives are the times that are free.";
    WAITLIST_ALREADY_IN: Conflict, "waitlist_already_in",
        "You are on the waiting list of this offer on that day.",
        "Leave it, which is the `entry`, before you wait for something else of that day.";
    WAITLIST_TOO_MANY: Conflict, "waitlist_too_many",
        "Nobody waits for so many things at once.",
        "Leave a waiting list first.";
    WAITLIST_STATUS: Conflict, "waitlist_status",
        "The waiting list has nothing for you in this state.",
        "Reload it to see how it stands.";
    QUEUE_INVALID: Invalid, "queue_invalid",
        "These cannot be the lines of a queue.",
        "Change what the detail names.";
    QUEUE_CLOSED: Conflict, "queue_closed",
        "The store gives out no numbers now.",
        "Book a time, or ask the store.";
    QUEUE_PARTY: Invalid, "queue_party",
        "There is no line for a party of this size.",
        "Change the number of people, or ask the store.";
    QUEUE_ALREADY_IN: Conflict, "queue_already_in",
        "You have a number of this store.",
        "Keep it, or give it up before you take another.";
    QUEUE_EMPTY: Conflict, "queue_empty",
        "Nobody waits in this line.",
        "Reload the queue.";
    QUEUE_STATUS: Conflict, "queue_status",
        "The number is in a state in which this cannot be done.",
        "Reload the queue.";
}

//! Every reason for which an agreement, an offer or a sale is refused.

kernel::reject_table! {
    TERMS_INVALID: Invalid, "agreement_terms_invalid",
        "The terms of the agreement do not make sense.",
        "Change the field that is named and propose again.";
    TERMS_OUTSIDE_RULES: Invalid, "agreement_terms_outside_rules",
        "The terms are outside of what the platform allows.",
        "Keep the field that is named within its bounds.";
    RULE_INVALID: Invalid, "agreement_rule_invalid",
        "No agreement could keep to this rule.",
        "Change the field that is named.";
    AGREEMENT_NOT_YOUR_TURN: Conflict, "agreement_not_your_turn",
        "The last proposal is your own side's: the other side has to answer it.",
        "Wait for the answer, or decline and propose another agreement.";
    AGREEMENT_CHANGED: Conflict, "agreement_changed",
        "The agreement was changed meanwhile.",
        "Read the agreement again and answer its last version.";
    AGREEMENT_SETTLED: Conflict, "agreement_settled",
        "The agreement is no longer in a state in which this can be done.",
        "Read the agreement again; propose a new one where the old one is over.";
    AGREEMENT_NOT_ACCEPTED: Conflict, "agreement_not_accepted",
        "The agreement is not accepted by both sides, or is over.",
        "Agree first; what is still negotiated can be declined.";
    AGREEMENT_NOT_STARTED: Conflict, "agreement_not_started",
        "The agreement's window has not opened yet.",
        "Wait for it to open.";
    AGREEMENT_NOT_OVER: Conflict, "agreement_not_over",
        "The agreement's window is still open.",
        "Let it end by itself, or have one of the two sides end it.";
    OFFER_INVALID: Invalid, "offer_invalid",
        "A field of the offer is outside of what is allowed.",
        "Change the field that is named.";
    OFFER_STORE_UNKNOWN: Invalid, "offer_store_unknown",
        "An offer names only stores of its own merchant that trade in its currency.",
        "Choose among the merchant's stores of that currency.";
    OFFER_NOT_ON_SALE: Conflict, "offer_not_on_sale",
        "The offer cannot be bought now.",
        "Choose another offer, or come back when it is on sale.";
    OFFER_STATUS: Conflict, "offer_status",
        "The offer is in a state in which this cannot be done.",
        "A draft is published, changed or thrown away, a published offer paused, a paused one resumed.";
    OFFER_CHANGED: Conflict, "offer_changed",
        "The offer was changed meanwhile.",
        "Read the offer again and repeat what still applies.";
    RESOURCE_INVALID: Invalid, "resource_invalid",
        "A field of the resource is outside of what is allowed.",
        "Change the field that is named.";
    RESOURCE_LIMIT: Conflict, "resource_limit_reached",
        "A store has 1,000 resources at most, retired ones too.",
        "Change one that is not used any more instead.";
    RESOURCE_CHANGED: Conflict, "resource_changed",
        "The resource was changed meanwhile.",
        "Read the resource again and repeat what still applies.";
    RESOURCE_TAKEN: Conflict, "resource_taken",
        "More of the resource is booked than would be left.",
        "Move or cancel the bookings first; they are listed by day.";
    HALL_INVALID: Invalid, "hall_invalid",
        "The hall or its seat map does not make sense.",
        "Change the field that is named.";
    HALL_CHANGED: Conflict, "hall_changed",
        "The hall was changed meanwhile.",
        "Read the hall again and repeat what still applies.";
    HALL_SEATS_SOLD: Conflict, "hall_seats_sold",
        "Seats of coming showings are sold or kept that the new map has not, or has elsewhere.",
        "Leave those seats where they are, or cancel their bookings or free them first.";
    SHOWING_INVALID: Invalid, "showing_invalid",
        "A field of the showing is outside of what is allowed.",
        "Change the field that is named.";
    SHOWING_TIME_SKIPPED: Invalid, "showing_time_skipped",
        "The clocks of the store skip this time.",
        "Choose a time before or after the hour that is skipped; the detail says which.";
    SHOWING_HALL_TAKEN: Conflict, "showing_hall_taken",
        "The hall is taken at that time, by another showing and its cleaning or by the store itself.",
        "Choose another time or hall; the hall's showings are listed by day. Whole quarters of an hour are taken.";
    SHOWING_LIMIT: Conflict, "showing_limit_reached",
        "A hall has 1,000 coming showings at most.",
        "Schedule it when some of them are over.";
    SHOWING_NOT_FOUND: NotFound, "showing_not_found",
        "The offer has no such showing.",
        "The offer's showings are listed by day.";
    SHOWING_STATUS: Conflict, "showing_status",
        "The showing was called off, or is over.",
        "Choose another showing.";
    SEATS_INVALID: Invalid, "seats_invalid",
        "A seat that is named is not one of the showing's.",
        "Seats are named as on the map of the showing, each once: F-7.";
    MENU_INVALID: Invalid, "menu_invalid",
        "Something on the menu is outside of what is allowed.",
        "Change the field that is named.";
    MENU_CHANGED: Conflict, "menu_changed",
        "The menu was changed meanwhile.",
        "Read the menu again and repeat what still applies.";
    BOOKING_TERMS_INVALID: Invalid, "booking_terms_invalid",
        "The way in which the offer is booked does not make sense.",
        "Change the field that is named.";
    BOOKING_WITHOUT_CARD: Conflict, "booking_without_card",
        "What is booked is no card.",
        "Take the card off the draft, or make an offer without a time.";
    BOOKING_WITHOUT_GROUP: Conflict, "booking_without_group",
        "What is booked is not sold to groups.",
        "Take the group price off the draft, or make an offer without a time.";
    BOOKING_TERMS_LATE: Conflict, "booking_terms_late",
        "An offer that is sold without a time cannot be booked from now on.",
        "Make a new offer for what is booked.";
}

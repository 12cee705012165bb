//! What is refused of the services of a visit, by what is wrong.

use kernel::{LocalText, ResourceId};
use offer::testing::{agreed, cut_colour_nails, draft, seats, terms};
use offer::{
    AddResource, BookingTerms, ResourceKind, Service, SetBookingTerms, Stay, add_resource, create_offer,
    queries, set_booking_terms,
};
use party::testing::certified_shop;

use crate::{act, ask, on_both};

#[test]
fn each_service_has_a_name_a_length_and_resources_of_its_own() {
    on_both(|store| {
        let shop = certified_shop(store, 1);
        let (agreement, _) = agreed(store, shop, terms(), 1);
        let owner = shop.as_owner();
        let create = draft(shop, agreement);
        let offer = act(store, owner, move |tx, ctx| create_offer(tx, ctx, &create)).expect("a draft");
        let person = |name: &str| {
            let add = AddResource {
                merchant: shop.merchant,
                store: shop.store,
                kind: ResourceKind::Person,
                details: seats(name, (1, 1), ""),
            };
            act(store, owner, move |tx, ctx| add_resource(tx, ctx, &add)).expect("a person")
        };
        let mut people = [person("Wei"), person("Qi")];
        people.sort_unstable();
        let [wei, qi] = people;
        let set = |terms: BookingTerms, resources: &[&[ResourceId]]| {
            let cmd = SetBookingTerms {
                offer,
                terms,
                resources: resources.iter().map(|of| of.to_vec()).collect(),
            };
            act(store, owner, move |tx, ctx| set_booking_terms(tx, ctx, &cmd))
        };
        let all: &[&[ResourceId]] = &[&[wei, qi], &[wei], &[qi]];
        let refused = |change: &dyn Fn(&mut Vec<Service>)| {
            let mut terms = cut_colour_nails();
            if let Stay::Visit(visit) = &mut terms.stay {
                change(&mut visit.services);
            }
            let no = set(terms, all).expect_err("a rejection");
            assert_eq!(
                (no.code.as_str(), no.field.as_deref()),
                ("booking_terms_invalid", Some("/terms/visit/services"))
            );
            no.detail
        };
        assert_eq!(
            refused(&|services| services.clear()),
            "0 is not between 1 and 12."
        );
        assert_eq!(
            refused(&|services| services[1].name = LocalText::default()),
            "Service 2: name: a text has 1 to 16 languages."
        );
        assert_eq!(
            refused(&|services| services[1].after_minutes = 241),
            "Service 2: after_minutes: 241 is not between 0 and 240."
        );
        assert_eq!(
            refused(&|services| services[2].turns[0].minutes = 4),
            "Service 3: minutes: 4 is not between 5 and 1440."
        );
        assert_eq!(
            refused(&|services| services[0].turns[0].party_up_to = 0),
            "Service 1: party_up_to: 0 is not between 1 and 1000."
        );
        let resources = |of: &[&[ResourceId]]| {
            let no = set(cut_colour_nails(), of).expect_err("a rejection");
            assert_eq!(no.field.as_deref(), Some("/resources"));
            no.detail
        };
        assert_eq!(
            resources(&[&[wei, qi], &[wei]]),
            "There is a list of resources for each service: 3, not 2."
        );
        assert_eq!(resources(&[&[wei], &[], &[qi]]), "Service 2 has no resources.");
        assert_eq!(set(cut_colour_nails(), all), Ok(1));
        let said = ask(store, move |read| queries::resource_ids_of_offer(read, offer));
        assert_eq!(said, all);
    });
}

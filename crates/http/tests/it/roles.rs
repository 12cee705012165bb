//! The platform's own people, each of whom may do what the document says of their role and nothing else.

use axum::body::Body;
use party::OperatorRole;

use crate::app::on_both_with_provider;
use crate::hostile::ids_for;
use crate::operations::operations;
use crate::samples::body_text;
use crate::world::World;

#[test]
fn an_operator_may_what_the_document_says_of_the_role() {
    on_both_with_provider(async |app| {
        let world = World::with_bookings(app).await;
        let mut wrong = Vec::new();
        for operation in operations()
            .into_iter()
            .filter(|operation| operation.is_for_operators())
        {
            let ids = ids_for(&world, &operation);
            let path = operation.path_with(|name| &ids[name]);
            for role in OperatorRole::ALL {
                let body = match operation.writes() {
                    true => Body::from(body_text(&operation, &ids)),
                    false => Body::empty(),
                };
                let who = world.operator(role);
                let answer = app.call(who, operation.method.clone(), &path, None, body).await;
                // Other reasons than the role are no matter here.
                let refused = answer.status == 401
                    || answer.status == 403 && answer.refusal().1 == party::FORBIDDEN.code;
                if refused == operation.lets(role) {
                    wrong.push(format!(
                        "{} as {}: {}",
                        operation.name,
                        role.as_str(),
                        answer.status
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    });
}

//! A provider whose webhooks are all lost: what happened to payments is asked for, and has the same effect.

use party::OperatorRole;
use store::testing::TestDatabase;

use crate::support::audit::Audit;
use crate::support::client::Client;
use crate::support::market::Market;
use crate::support::news::{self, Provider};
use crate::support::servers::Servers;
use crate::support::{eventually, runtime};

#[test]
fn what_no_webhook_told_is_found_by_asking() {
    for database in TestDatabase::both() {
        let mut market = Market::open(&database.url);
        let (good, guests) = (market.offer(3, 1), market.consumers(3));
        let orders: Vec<_> = guests.iter().map(|guest| market.awaiting(good, guest)).collect();
        let support = market.operator(OperatorRole::Support);
        market.close();
        let provider = Provider::knowing(
            orders
                .iter()
                .map(|(_, attempt)| news::pending(*attempt))
                .collect(),
        );
        let payment = |n: usize| news::name_of(orders[n].1);
        let runtime = runtime();
        runtime.block_on(async {
            for n in 0..3 {
                provider.pay(&payment(n)).await;
            }
            for (n, what) in [(1, "charge_back"), (2, "charge_back"), (2, "reverse_chargeback")] {
                provider.by_the_bank(&payment(n), what).await;
            }
        });
        // They ask when they start, and once a minute from then on.
        let servers = Servers::beside(&provider, &database.url);
        let clients = servers.clients(guests.iter().chain([&support]));
        runtime.block_on(async {
            for (n, expected) in ["paid", "charged_back", "charged_back"].into_iter().enumerate() {
                let path = format!("/v1/orders/{}", orders[n].0);
                eventually(expected, async || {
                    (read(&clients[n], &path).await["status"] == expected).then_some(())
                })
                .await;
            }
            eventually("the won dispute", async || {
                let listed = read(&clients[3], "/v1/platform/chargebacks").await;
                let reversed = [0, 1].map(|n| listed["items"][n]["reversed_at"].is_string());
                (reversed == [true, false]).then_some(())
            })
            .await;
        });
        drop(clients);
        servers.stop();
        let audit = Audit::open(&database.url);
        // A refund for each chargeback, and one to the payer of what nobody used.
        assert_eq!((audit.vouchers(), audit.refunds()), (3, 3));
        audit.close();
    }
}

#[test]
fn a_payment_that_cannot_be_taken_in_holds_up_no_other() {
    for database in TestDatabase::both() {
        let mut market = Market::open(&database.url);
        let (good, guests) = (market.offer(2, 1), market.consumers(2));
        let orders: Vec<_> = guests.iter().map(|guest| market.awaiting(good, guest)).collect();
        market.lose_holds(orders[0].0);
        market.close();
        let provider = Provider::knowing(
            orders
                .iter()
                .map(|(_, attempt)| news::pending(*attempt))
                .collect(),
        );
        let runtime = runtime();
        runtime.block_on(async {
            for (_, attempt) in &orders {
                provider.pay(&news::name_of(*attempt)).await;
            }
        });
        let servers = Servers::beside(&provider, &database.url);
        let clients = servers.clients(&guests);
        runtime.block_on(async {
            let status = async |n: usize| {
                read(&clients[n], &format!("/v1/orders/{}", orders[n].0)).await["status"].clone()
            };
            eventually("the payment behind it", async || {
                (status(1).await == "paid").then_some(())
            })
            .await;
            assert_eq!(status(0).await, "placed");
        });
        drop(clients);
        servers.stop();
    }
}

async fn read(client: &Client, path: &str) -> serde_json::Value {
    client.get(path).await.unwrap().done()
}

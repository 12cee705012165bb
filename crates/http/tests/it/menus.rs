//! A menu as its merchant writes it, everybody reads it and the counter sells it out.

use serde_json::{Value, json};

use crate::app::{Client, on_both, store_said, text};
use crate::users::OwnerUser;

fn dish(name: &str, stores: &[&str]) -> Value {
    json!({"name": {"zh-CN": name}, "price": {"amount": 2_800, "currency": "CNY"}, "spicy": 2,
           "allergens": ["gluten", "egg"], "stores": stores})
}

fn names(menu: &Value) -> Vec<String> {
    let sections = menu["sections"].as_array().unwrap().iter();
    let dishes = sections.flat_map(|section| section["dishes"].as_array().unwrap());
    dishes.map(|dish| text(&dish["name"], "zh-CN")).collect()
}

#[test]
fn everybody_reads_a_menu_whole_or_of_a_store_and_what_is_sold_out() {
    on_both(async |app| {
        let owner = OwnerUser(app.shop(1).await);
        let (shop, anybody) = (&owner.0, Client::default());
        let path = format!("{}/menu", shop.path);
        let none = app.get(&anybody, &path).await.ok();
        assert_eq!(none, json!({"version": 0, "sections": []}));

        let branch = owner.make(app, "stores", store_said()).await;
        let section = |name: &str, dishes: Vec<Value>| json!({"name": {"zh-CN": name}, "dishes": dishes});
        let said = json!({"version": 0, "sections": [
            section("点心", vec![dish("鲜肉小笼", &[]), dish("小馄饨", &[&shop.store])]),
            section("分店特色", vec![dish("蟹粉小笼", &[&branch])]),
        ]});
        let set = app.put(&shop.owner, &path, said.clone()).await.ok();
        assert_eq!(set, json!({"version": 1}));
        let stale = app.put(&shop.owner, &path, said).await;
        assert_eq!(stale.refusal(), (409, "menu_changed".to_owned()));

        let menu = app.get(&anybody, &path).await.ok();
        assert_eq!(names(&menu), ["鲜肉小笼", "小馄饨", "蟹粉小笼"]);
        let first = &menu["sections"][0]["dishes"][0];
        assert_eq!(first["price"], json!({"amount": 2_800, "currency": "CNY"}));
        assert_eq!(first["allergens"], json!(["gluten", "egg"]));
        let at = async |store: &str| app.get(&anybody, &format!("{path}?store={store}")).await.ok();
        assert_eq!(names(&at(&branch).await), ["鲜肉小笼", "蟹粉小笼"]);
        let here = at(&shop.store).await;
        assert_eq!(
            here["sections"].as_array().unwrap().len(),
            1,
            "no section without a dish"
        );

        let (cashier, _) = owner
            .employ(app, "till@example.com", "cashier", Some(&branch))
            .await;
        let id = text(first, "dish");
        let out = format!("{}/stores/{branch}/dishes/{id}", shop.path);
        app.put(&cashier, &out, json!({"sold_out": true})).await.ok();
        let seen = at(&branch).await["sections"][0]["dishes"][0]["sold_out"].clone();
        assert_eq!(
            (seen.as_array().unwrap().len(), &seen[0]["store"]),
            (1, &json!(branch))
        );
        assert!(text(&seen[0], "ends_at").ends_with("T20:00:00Z"), "{seen}");
        let here = at(&shop.store).await["sections"][0]["dishes"][0]["sold_out"].clone();
        assert_eq!(here, json!([]));
        app.put(&cashier, &out, json!({"sold_out": false})).await.ok();
        assert_eq!(
            at(&branch).await["sections"][0]["dishes"][0]["sold_out"],
            json!([])
        );

        let other = app.shop(2).await;
        for store in [&other.store, "sto_01h455vb4pex5vsknk084sn02q"] {
            let refused = app.get(&anybody, &format!("{path}?store={store}")).await;
            assert_eq!(refused.refusal(), (404, "not_found".to_owned()));
        }
    });
}

#[test]
fn a_refusal_names_the_dish_that_it_is_about() {
    on_both(async |app| {
        let shop = app.shop(1).await;
        let mut wrong = dish("鲜肉小笼", &[]);
        wrong["spicy"] = json!(4);
        let section = json!({"name": {"zh-CN": "点心"}, "dishes": [dish("小馄饨", &[]), wrong]});
        let said = json!({"version": 0, "sections": [section]});
        let refused = app.put(&shop.owner, &format!("{}/menu", shop.path), said).await;
        let field = text(&refused.json(), "field");
        assert_eq!(refused.refusal(), (422, "menu_invalid".to_owned()));
        assert_eq!(field, "/sections/0/dishes/1/spicy");
    });
}

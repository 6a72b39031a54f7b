//! `demo`: a server and a shop that uses it, on this machine, with nothing to configure.

use std::time::Duration;

use super::{listen, open_secrets, prepare, run, shown};
use crate::cli::Demo;
use crate::http;
use crate::settings::{Lab, Settings, Site, Topic, UserKey, Welcome};

/// How long the shop packs an order: long enough to see its page before the parcel leaves.
const PACKING: Duration = Duration::from_secs(2);

/// Runs until told to stop. Prints one line of JSON when ready: `{server, shop, data, database}`.
///
/// # Errors
/// One sentence for the operator.
pub async fn demo(demo: Demo) -> Result<(), String> {
    // Bound first, so that port 0 works and the origins are known.
    let (listener, bound) = listen(demo.listen).await?;
    let (shop_listener, shop_bound) = listen(demo.shop_listen).await?;
    let server = format!("http://{bound}");
    let shop = format!("http://localhost:{}", shop_bound.port());
    // Handed over as an operator hands it to a site's back end.
    let admin_token = open_secrets(&demo.data)?.admin;
    let settings = settings(&demo, bound, &shop, http::SignIn::key(&admin_token));
    let ready = prepare(&settings).await?;
    let sign_in = http::sign_in(http::SignIn::new(&admin_token, ready.app.clock));
    let orders = http::orders(http::Backend::new(&server, &shop, &admin_token, PACKING)?);
    let services = vec![
        (listener, http::app_with_kit(ready.app.clone(), &demo.kit).merge(http::console(&demo.console))),
        (shop_listener, http::shop(&demo.shop, &demo.kit, &server).merge(orders).merge(sign_in)),
    ];
    let database = ready.app.store.place().shown();
    println!(
        "{}",
        serde_json::json!({"server": server, "shop": shop, "data": shown(&demo.data), "database": database})
    );
    run(ready, services).await
}

fn settings(demo: &Demo, bound: std::net::SocketAddr, shop: &str, key: UserKey) -> Settings {
    let topic = |id: &str, name: &str| Topic { id: id.to_owned(), name: name.to_owned() };
    let site = Site {
        origins: vec![shop.to_owned()],
        topics: vec![topic("orders", "My orders"), topic("offers", "Offers"), topic("news", "New arrivals")],
        welcome: Some(Welcome {
            title: "Welcome to Juniper & Finch".to_owned(),
            body: "You will hear from us when something you like ships.".to_owned(),
            url: format!("{shop}/welcome.html"),
            icon: None,
        }),
        keys: vec![key],
        // Few devices, and somebody who waits for their reports.
        received_jitter: 0,
        ..Site::default()
    };
    Settings {
        listen: bound,
        data_dir: demo.data.clone(),
        kit: demo.kit.clone(),
        contact: Some("mailto:demo@localhost".to_owned()),
        sites: [("shop".to_owned(), site)].into(),
        lab: demo.lab_push_url.clone().map(|url| Lab { push_url: Some(url), clock_offset: demo.clock_offset }),
        ..Settings::default()
    }
}

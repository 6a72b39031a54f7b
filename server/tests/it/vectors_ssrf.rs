//! Endpoints and addresses against `ssrf_endpoints.json`.

use std::net::{IpAddr, SocketAddr};

use softbell_server::push::endpoint::{Endpoint, EndpointFault};
use softbell_server::push::outcome::{Outcome, of_answer};
use softbell_server::push::resolver::only_public;

use crate::fixture::{DEVICE, PushService, Server, refusal};
use crate::vectors::{cases, file, text};

/// The list of the file, as a setting.
fn listed() -> Vec<String> {
    let lists = &file("ssrf_endpoints.json")["allowlist_hosts"];
    let both = cases(lists, "exact", 3).iter().chain(cases(lists, "suffix", 2));
    both.map(|host| host.as_str().unwrap().to_owned()).collect()
}

#[test]
fn refused_endpoints_are_refused() {
    let file = file("ssrf_endpoints.json");
    for case in cases(&file, "reject", 44) {
        let hosts = if text(case, "policy") == "allowlist" { listed() } else { Vec::new() };
        let result = Endpoint::parse(text(case, "url"), &hosts);
        assert!(result.is_err(), "{} ({})", case["url"], case["why"]);
    }
}

#[test]
fn real_endpoints_are_accepted_with_and_without_a_list() {
    let file = file("ssrf_endpoints.json");
    let cases = cases(&file, "accept", 6);
    for case in &cases[..5] {
        for hosts in [Vec::new(), listed()] {
            let endpoint = Endpoint::parse(text(case, "url"), &hosts).unwrap();
            assert_eq!(endpoint.origin(), text(case, "whatwg"));
        }
    }
    // The last one is for an explicit override; ours is the lab's stand-in, so endpoints have none.
    assert_eq!(Endpoint::parse(text(&cases[5], "url"), &[]), Err(EndpointFault::NotHttps));
}

#[test]
fn a_port_off_the_list_is_refused_and_belongs_to_the_origin_without_one() {
    let url = "https://push.example.test:8443/x";
    assert_eq!(Endpoint::parse(url, &listed()), Err(EndpointFault::NotListed));
    assert_eq!(Endpoint::parse(url, &[]).unwrap().origin(), "https://push.example.test:8443");
}

#[test]
fn checking_and_connecting_see_the_same_host() {
    let file = file("ssrf_endpoints.json");
    let case = &cases(&file, "parser_differential", 1)[0];
    let endpoint = Endpoint::parse(text(case, "url"), &[]).unwrap();
    assert_eq!(endpoint.url().host_str(), Some(text(case, "whatwg_host")));
}

#[test]
fn only_public_answers_of_the_resolver_are_connected_to() {
    let file = file("ssrf_endpoints.json");
    let cases = cases(&file, "dns_cases", 3);
    let answers = |case: usize, list: &str| {
        let found = cases[case][list].as_array().unwrap().iter();
        let found = found.map(|ip| SocketAddr::new(ip.as_str().unwrap().parse().unwrap(), 443));
        only_public(found.collect::<Vec<_>>().into_iter())
    };
    assert!(answers(0, "answers").is_err());
    assert!(answers(1, "answers").is_err());
    assert_eq!(answers(2, "at_save").unwrap().len(), 1);
    assert!(answers(2, "at_send").is_err());
    let mixed: [IpAddr; 2] = ["93.184.216.34".parse().unwrap(), "10.0.0.5".parse().unwrap()];
    let kept = only_public(mixed.into_iter().map(|ip| SocketAddr::new(ip, 443))).unwrap();
    assert_eq!(kept, [SocketAddr::new(mixed[0], 443)]);
}

#[test]
fn addresses_inside_addresses_and_their_neighbours() {
    let parse = |ip: &str| Endpoint::parse(&format!("https://[{ip}]/x"), &[]);
    for ip in ["2001::1", "2001:db8::1", "2002:a00:1::", "3fff::1", "::", "ff02::1", "fec0::1"] {
        assert_eq!(parse(ip), Err(EndpointFault::NotPublic), "{ip}");
    }
    for ip in ["2606:4700::1", "2a00:1450:4001::1", "2001:4860::1", "2003::1"] {
        assert!(parse(ip).is_ok(), "{ip}");
    }
    let v4 = |ip: &str| Endpoint::parse(&format!("https://{ip}/x"), &[]).is_ok();
    for (inside, outside) in [
        ("172.16.0.1", "172.15.255.255"),
        ("172.31.255.255", "172.32.0.1"),
        ("100.127.0.1", "100.128.0.1"),
        ("192.168.0.1", "192.169.0.1"),
        ("198.19.0.1", "198.20.0.1"),
        ("239.0.0.1", "223.255.255.1"),
        ("203.0.113.7", "203.0.114.7"),
        ("198.51.100.7", "198.51.101.7"),
        ("192.88.99.1", "192.88.98.1"),
    ] {
        assert!(!v4(inside), "{inside}");
        assert!(v4(outside), "{outside}");
    }
}

#[test]
fn redirects_are_failures() {
    let file = file("ssrf_endpoints.json");
    for case in cases(&file, "redirect_cases", 5) {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let outcome = of_answer(status, None, std::time::SystemTime::UNIX_EPOCH);
        assert_eq!(outcome, Outcome::Failed("redirected"));
    }
}

#[test]
fn house_names_and_bare_names_are_refused() {
    for host in ["printer", "nas.local", "db.internal", "router.lan", "x.home.arpa", "a.localdomain."] {
        let result = Endpoint::parse(&format!("https://{host}/x"), &[]);
        assert_eq!(result, Err(EndpointFault::NotPublic), "{host}");
    }
    assert!(Endpoint::parse("https://notlocal.example.com/x", &[]).is_ok());
    assert!(Endpoint::parse("https://mylocal/x", &[]).is_err());
    assert!(Endpoint::parse("https://thelan.com/x", &[]).is_ok());
}

#[test]
fn an_endpoint_is_never_shown_whole() {
    let endpoint = Endpoint::parse("https://fcm.googleapis.com/fcm/send/secret", &[]).unwrap();
    assert_eq!(format!("{endpoint:?}"), "Endpoint(https://fcm.googleapis.com/…)");
}

#[test]
fn apple_means_a_subdomain_of_push_apple_com() {
    let is_apple = |url: &str| Endpoint::parse(url, &[]).unwrap().is_apple();
    assert!(is_apple("https://web.push.apple.com/QAbc"));
    assert!(!is_apple("https://push.apple.com.example.org/x"));
    assert!(!is_apple("https://evilpush.apple.com/x"));
    assert!(!is_apple("https://fcm.googleapis.com/web.push.apple.com"));
}

#[tokio::test]
async fn refused_endpoints_are_refused_at_save_and_at_send() {
    let file = file("ssrf_endpoints.json");
    let server = Server::start().await;
    let cases: Vec<&str> = cases(&file, "reject", 44)
        .iter()
        .filter(|case| text(case, "policy") != "allowlist")
        .map(|case| text(case, "url"))
        .filter(|url| !url.is_empty())
        .collect();
    assert!(cases.len() >= 30, "{}", cases.len());
    for url in &cases {
        let got = refusal(server.put(DEVICE, &server.live(1, url)).await);
        assert_eq!((got.0, got.1.as_str()), (422, "endpoint_not_allowed"), "{url}");
    }
    // As if the rules had been laxer when they were saved.
    for (n, url) in cases.iter().enumerate() {
        let id = softbell_server::b64::encode(&[u8::try_from(n).unwrap(); 16]);
        let kept = format!("https://fcm.googleapis.com/fcm/send/{n}");
        assert_eq!(server.put(&id, &server.live(1, &kept)).await.0, 200);
        let mut db = server.app.store.write().await.unwrap();
        let moved = sqlx::query("UPDATE devices SET endpoint = $1 WHERE id = $2").bind(*url).bind(id);
        moved.execute(&mut *db).await.unwrap();
        db.commit().await.unwrap();
    }
    let service = PushService::start(&[(201, "")]).await;
    server.send_to(&service);
    let refused = "SELECT COUNT(*) FROM sends WHERE state = 'failed' AND code = 'endpoint_not_allowed'";
    server.until(refused, i64::try_from(cases.len()).unwrap()).await;
    assert!(service.arrived().is_empty());
}

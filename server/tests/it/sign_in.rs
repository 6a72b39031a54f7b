//! The demo shop's sign-in: its tokens are good for the server that has its key, and for the user they were asked for.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use softbell_server::clock::Clock;
use softbell_server::http::{SignIn, sign_in};
use softbell_server::wire::user_token::{Expected, TokenFault, UserKeys, UserToken};
use tower::ServiceExt as _;

const ADMIN: &str = "the-admin-token";

async fn token(query: &str) -> UserToken {
    let request = Request::get(format!("/push-token?{query}")).body(Body::empty()).unwrap();
    let response = sign_in(SignIn::new(ADMIN, Clock::default())).oneshot(request).await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["cache-control"]), (200, &"no-store".parse().unwrap()));
    UserToken::new(String::from_utf8(to_bytes(response.into_body(), 9999).await.unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn j3_the_shops_tokens_prove_the_user_they_were_asked_for() {
    let keys = UserKeys::load(&[SignIn::key(ADMIN)]).unwrap();
    let others = UserKeys::load(&[SignIn::key("another-admin-token")]).unwrap();
    let asked = token("user=b%C3%A9la%20%F0%9F%8E%88").await;
    let expected = |user| Expected { site: "shop", user, device: "any", now: Clock::default().seconds() };
    assert_eq!(keys.check(&asked, expected("béla 🎈")), Ok(()));
    assert_eq!(keys.check(&asked, expected("anna")), Err(TokenFault::SubjectWrong));
    assert_eq!(others.check(&asked, expected("béla 🎈")), Err(TokenFault::SignatureWrong));
}

//! What the proxy itself says, in a page that a person reads and a status that a program does.

use http::{Response, StatusCode, header};

use super::{
    body::{ResponseBody, full},
    router::{PATIENCE, Target},
};

/// The answer for a host without a running application.
pub(super) fn target(label: &str, target: &Target) -> Response<ResponseBody> {
    match target {
        Target::Empty => page(
            StatusCode::OK,
            "Your web app is running and waiting for your content",
            &format!("Nothing has been deployed to {label} yet."),
        ),
        Target::Stopped => page(
            StatusCode::FORBIDDEN,
            "This web app is stopped",
            &format!("{label} was stopped. Start it to see it again."),
        ),
        Target::Failed(reason) => page(
            StatusCode::SERVICE_UNAVAILABLE,
            "Application error",
            &format!("{label} {reason}. Its log says more: taxiway logs"),
        ),
        Target::Starting | Target::Serving(_) => page(
            StatusCode::SERVICE_UNAVAILABLE,
            "Service unavailable",
            &format!(
                "{label} was still starting after {} seconds.",
                PATIENCE.as_secs()
            ),
        ),
    }
}

/// The answer when an application broke off.
pub(super) fn bad_gateway(label: &str, reason: &str) -> Response<ResponseBody> {
    page(
        StatusCode::BAD_GATEWAY,
        "Bad gateway",
        &format!("{label} did not answer: {reason}."),
    )
}

/// The answer when an application takes too long.
pub(super) fn timed_out(label: &str) -> Response<ResponseBody> {
    page(
        StatusCode::GATEWAY_TIMEOUT,
        "Gateway timeout",
        &format!("{label} sent nothing for {} seconds.", PATIENCE.as_secs()),
    )
}

/// The answer for a request that can't be passed on.
pub(super) fn bad_request(reason: &str) -> Response<ResponseBody> {
    page(StatusCode::BAD_REQUEST, "Bad request", reason)
}

/// The answer for a host that nobody has: the hosts there are.
pub(super) fn unknown_host(host: &str, labels: &[String], port: u16) -> Response<ResponseBody> {
    let sites: String = labels
        .iter()
        .map(|label| {
            let url = format!("http://{label}.localhost:{port}/");
            format!("<li><a href=\"{url}\">{url}</a></li>")
        })
        .collect();
    let sites = match sites.as_str() {
        "" => "<p>There is no site yet.</p>".to_owned(),
        sites => format!("<ul>{sites}</ul>"),
    };
    html(
        StatusCode::NOT_FOUND,
        "No such site",
        &format!("<p>No site has the host name {}.</p>{sites}", escape(host)),
    )
}

fn page(status: StatusCode, title: &str, text: &str) -> Response<ResponseBody> {
    html(status, title, &format!("<p>{}</p>", escape(text)))
}

fn html(status: StatusCode, title: &str, content: &str) -> Response<ResponseBody> {
    let body = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><h1>{title}</h1>{content}<p><small>Taxiway local cloud</small></p></body></html>\n"
    );
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(full(body))
        .expect("the parts of the answer are valid")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

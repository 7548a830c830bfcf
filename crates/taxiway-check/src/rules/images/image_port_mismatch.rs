//! An image listens on one port, and is said to listen on another.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "image-port-mismatch",
    "an image listens on one port, and is said to listen on another",
    include_str!("image_port_mismatch.md"),
    look,
);

fn look(files: &Files, marks: &mut Marks<'_>) {
    let images: Vec<_> = files.images.iter().filter_map(|image| Some((image, bound_port(image)?))).collect();
    for (image, (bound, place)) in &images {
        if let Some(exposed) = image.last("EXPOSE") {
            let is_said = |port: &str| port.split('/').next().is_some_and(|port| port.parse() == Ok(*bound));
            let all: Vec<&str> = image.run().into_iter().filter(|it| it.keyword == "EXPOSE").flat_map(|it| it.script.text.split_whitespace()).collect();
            let are_numbers = all.iter().all(|port| port.starts_with(|first: char| first.is_ascii_digit()) && !port.contains('-'));
            if are_numbers && !all.iter().any(|port| is_said(port)) {
                let message = format!("the image exposes {}, and its server listens on {bound}", all.join(", "));
                marks.push(Mark::at(exposed.location(), message).label(place.clone(), "it listens here"));
            }
        }
        if let Some(check) = image.last("HEALTHCHECK") && let Some((asked, start, end)) = asked_port(&check.script.text) && asked != *bound {
            let message = format!("the health check asks port {asked}, and the server listens on {bound}");
            marks.push(Mark::at(check.script.location(start, end), message).label(place.clone(), "it listens here"));
        }
    }
    // Which of several images App Service runs cannot be told.
    let [(_, (bound, place))] = images.as_slice() else { return };
    let scripts = files.all_scripts().map(|script| (script.text.as_str(), Where::Script(script)));
    let texts = files.texts.iter().map(|text| (text.text.as_str(), Where::Text(text)));
    for (text, whose) in scripts.chain(texts) {
        for (at, name) in text.match_indices("WEBSITES_PORT") {
            let Some((said, start, end)) = number(text, at + name.len()) else { continue };
            if said != *bound {
                let location = match whose {
                    Where::Script(script) => script.location(start, end),
                    Where::Text(text) => text.location(start, end),
                };
                let message = format!("App Service is told to ask port {said}, and the image's server listens on {bound}");
                marks.push(Mark::at(location, message).label(place.clone(), "it listens here").help("the container never answers, and the start ends in a time-out"));
            }
        }
    }
}

enum Where<'f> {
    Script(&'f Script),
    Text(&'f Text),
}

/// The port of `http://localhost:8000/…`.
fn asked_port(text: &str) -> Option<(u16, usize, usize)> {
    let host = ["://localhost:", "://127.0.0.1:", "://0.0.0.0:"].iter().find_map(|host| text.find(host).map(|at| at + host.len()))?;
    number(text, host).filter(|(_, start, _)| *start == host)
}

/// The first number within a few characters that are no letters, as in `'WEBSITES_PORT', value: '8000'`.
fn number(text: &str, from: usize) -> Option<(u16, usize, usize)> {
    let near: String = text[from..].chars().take(40).collect();
    let start = from + near.find(|character: char| character.is_ascii_digit())?;
    let is_value = text[from..start].chars().all(|character| !character.is_alphabetic()) || text[from..start].trim_matches(|character: char| !character.is_alphabetic()) == "value";
    let length = text[start..].find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len() - start);
    Some((text[start..start + length].parse().ok().filter(|_| is_value)?, start, start + length))
}

//! What an application printed: as files, and live.

use std::{io, pin::Pin, sync::Arc, task::Poll, time::Duration};

use bytes::Bytes;
use http::{Response, header};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame};
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};

use super::{Answer, Call, text};
use crate::{
    body::{self, HttpBody},
    error::ArmError,
    process::Log,
};

/// The lines that a stream begins with.
const EARLIER_LINES: usize = 100;

/// A stream without a line gets one after this time, so that clients and proxies keep it open.
const SILENCE: Duration = Duration::from_secs(20);

impl Call<'_> {
    /// `GET /api/logstream`.
    pub(super) fn log_stream(&self) -> Response<HttpBody> {
        let log = self.cloud.sites.runtime(self.cloud, &self.slot).log.clone();
        let (sender, receiver) = mpsc::channel(64);
        self.cloud.sites.spawn(feed(log, sender));
        let stream = LineStream(receiver).boxed_unsync();
        let mut response = Response::new(stream);
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        response
    }

    /// `GET /api/logs/docker`.
    pub(super) fn log_list(&self) -> Value {
        let path = self
            .cloud
            .sites
            .runtime(self.cloud, &self.slot)
            .log
            .path()
            .to_owned();
        let name = path.file_name().unwrap_or_default().to_owned();
        let metadata = path.metadata().ok();
        let list = metadata.map(|metadata| {
            let updated = metadata
                .modified()
                .ok()
                .and_then(|time| jiff::Timestamp::try_from(time).ok());
            json!({
                "machineName": crate::web::instance_id(self.cloud)[..12],
                "lastUpdated": updated,
                "size": metadata.len(),
                "href": format!("{}/api/vfs/LogFiles/{name}", self.base),
                "path": format!("/home/LogFiles/{name}"),
            })
        });
        Value::Array(list.into_iter().collect())
    }

    /// `GET /api/vfs/LogFiles/…`.
    pub(super) fn log_file(&self, path: &[&str]) -> Answer {
        let is_inside = path.iter().all(|part| !matches!(*part, "." | ".."));
        let folder = self.slot.folder(&self.cloud.paths).join("LogFiles");
        let file = path.iter().fold(folder, |folder, part| folder.join(part));
        let content = if is_inside && file.is_file() {
            std::fs::read(&file).ok()
        } else {
            None
        };
        let content = content.ok_or_else(|| {
            ArmError::not_found(
                "NotFound",
                format!("There is no log file '{}'.", path.join("/")),
            )
        })?;
        Ok(text(String::from_utf8_lossy(&content).into_owned()))
    }

    /// `GET /dump`: all logs in one zip.
    pub(super) async fn dump(&self) -> Answer {
        let folder = self.slot.folder(&self.cloud.paths).join("LogFiles");
        let packed = tokio::task::spawn_blocking(move || pack(&folder)).await;
        let bytes = packed
            .map_err(io::Error::other)
            .and_then(|packed| packed)
            .map_err(|error| {
                ArmError::internal(format!("The logs could not be packed: {error}."))
            })?;
        let mut response = Response::new(body::full(bytes));
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/zip"),
        );
        Ok(response)
    }
}

/// Sends what was printed last and then each new line, until the client goes away.
async fn feed(log: Log, sender: mpsc::Sender<Bytes>) {
    let mut live = log.follow();
    for line in log.last_lines(EARLIER_LINES) {
        if sender.send(line_bytes(&line)).await.is_err() {
            return;
        }
    }
    loop {
        let line = tokio::select! {
            () = sender.closed() => return,
            line = tokio::time::timeout(SILENCE, live.recv()) => line,
        };
        let bytes = match line {
            Ok(Ok(line)) => line_bytes(&line),
            Ok(Err(broadcast::error::RecvError::Lagged(missed))) => line_bytes(&Arc::from(
                format!("[taxiway] {missed} lines were left out"),
            )),
            Ok(Err(broadcast::error::RecvError::Closed)) => return,
            Err(_) => line_bytes(&Arc::from(format!(
                "{:.3} No new trace in the past 20 seconds.",
                jiff::Timestamp::now()
            ))),
        };
        if sender.send(bytes).await.is_err() {
            return;
        }
    }
}

/// Lines end as Kudu ends them.
fn line_bytes(line: &Arc<str>) -> Bytes {
    Bytes::from(format!("{line}\r\n"))
}

/// A body of lines as they come.
struct LineStream(mpsc::Receiver<Bytes>);

impl Body for LineStream {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0
            .poll_recv(context)
            .map(|line| line.map(|line| Ok(Frame::data(line))))
    }
}

fn pack(folder: &camino::Utf8Path) -> io::Result<Vec<u8>> {
    let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = match next.read_dir_utf8() {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path().to_owned());
                continue;
            }
            let name = entry
                .path()
                .strip_prefix(folder)
                .map_err(io::Error::other)?;
            let options = zip::write::SimpleFileOptions::default();
            writer
                .start_file(format!("LogFiles/{name}"), options)
                .map_err(io::Error::other)?;
            io::copy(&mut std::fs::File::open(entry.path())?, &mut writer)?;
        }
    }
    Ok(writer.finish().map_err(io::Error::other)?.into_inner())
}

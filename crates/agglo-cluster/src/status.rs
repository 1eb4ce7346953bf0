//! Asking a scheduler how it is and how a job stands, beside the session that runs it.

use std::time::Duration;

use ballista_core::extension::{BallistaGrpcMetadataInterceptor, EndpointOverrideFn};
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{
    CancelJobParams, GetJobMetricsParams, GetJobStatusParams, job_status,
};
use tonic::codegen::{Service, http};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};

use crate::address::Address;
use crate::error::ClusterError;

/// An answer that takes longer is none.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

type Client = SchedulerGrpcClient<InterceptedService<Channel, BallistaGrpcMetadataInterceptor>>;

/// A connection for questions.
#[derive(Clone)]
pub(crate) struct Status {
    channel: Channel,
    client: Client,
}

/// Whether a scheduler has anybody to do the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    Ready,
    NoExecutors,
    /// It does not say, because something stands before it that passes on gRPC only.
    Unknown,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Queued,
    Running {
        stages_done: usize,
        tasks_done: usize,
    },
    /// Done or failed, which whoever waits for it is told.
    Over,
}

impl Status {
    pub(crate) async fn connect(
        address: &Address,
        tls: Option<&EndpointOverrideFn>,
        interceptor: BallistaGrpcMetadataInterceptor,
    ) -> Result<Status, ClusterError> {
        let unreachable = |error: &dyn std::error::Error| ClusterError::Unreachable {
            address: address.to_string(),
            why: innermost(error),
        };
        let mut endpoint =
            Endpoint::from_shared(format!("http://{address}")).map_err(|e| unreachable(&e))?;
        if let Some(with_tls) = tls {
            endpoint = with_tls(endpoint).map_err(|error| ClusterError::Unreachable {
                address: address.to_string(),
                why: error.to_string(),
            })?;
        }
        let endpoint = endpoint.connect_timeout(ANSWER_WITHIN).timeout(ANSWER_WITHIN);
        let channel = endpoint.connect().await.map_err(|e| unreachable(&e))?;
        let client = SchedulerGrpcClient::with_interceptor(channel.clone(), interceptor);
        Ok(Status { channel, client })
    }

    pub(crate) async fn readiness(&self) -> Result<Readiness, String> {
        let mut channel = self.channel.clone();
        let request = http::Request::builder()
            .uri("/readyz")
            .body(tonic::body::Body::empty())
            .map_err(|error| error.to_string())?;
        futures::future::poll_fn(|context| channel.poll_ready(context))
            .await
            .map_err(|error| innermost(&error))?;
        let answer = channel.call(request).await.map_err(|error| innermost(&error))?;
        Ok(match answer.status().as_u16() {
            // What answers gRPC only says so in a header and with 200.
            200 if !answer.headers().contains_key("grpc-status") => Readiness::Ready,
            503 => Readiness::NoExecutors,
            _ => Readiness::Unknown,
        })
    }

    pub(crate) async fn job(&self, job: &str) -> Result<Standing, String> {
        let mut client = self.client.clone();
        let said = |status: tonic::Status| status.message().to_owned();
        let answer = client.get_job_status(GetJobStatusParams { job_id: job.to_owned() }).await;
        let status = answer.map_err(said)?.into_inner().status.and_then(|job| job.status);
        match status {
            None | Some(job_status::Status::Queued(_)) => return Ok(Standing::Queued),
            Some(job_status::Status::Running(_)) => {}
            Some(job_status::Status::Failed(_) | job_status::Status::Successful(_)) => {
                return Ok(Standing::Over);
            }
        }
        // The stages of a job are known only once it was planned.
        let answer = client.get_job_metrics(GetJobMetricsParams { job_id: job.to_owned() }).await;
        let stages = answer.map(|answer| answer.into_inner().stages).unwrap_or_default();
        let tasks_done = stages.iter().map(|stage| stage.partitions as usize).sum();
        Ok(Standing::Running { stages_done: stages.len(), tasks_done })
    }

    pub(crate) async fn cancel(&self, job: &str) {
        // Whoever gives a job up has an error to tell already.
        let _ = self.client.clone().cancel_job(CancelJobParams { job_id: job.to_owned() }).await;
    }
}

/// The last cause of an error, which says the most: `connection refused`, not `transport error`.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

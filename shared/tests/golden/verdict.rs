//! The name of each refusal, by which both implementations are compared.

use tickwire_shared::{
    codec::DecodeError, control::ControlError, frame::FrameError, message::MessageError,
    record::RecordError, replica::ReplicaError, schema::SchemaError,
};

pub fn frame(error: &FrameError) -> &'static str {
    match error {
        FrameError::Truncated => "frame.truncated",
        FrameError::TooLong(_) => "frame.too_long",
        FrameError::Flags(_) => "frame.flags",
        FrameError::Gap(_) => "frame.gap",
        FrameError::Varint => "frame.varint",
        FrameError::Message(_) => "frame.message",
        FrameError::Segment(_) => "frame.segment",
        FrameError::NoBaseline => "frame.no_baseline",
        FrameError::TooManyRows => "frame.too_many_rows",
        FrameError::Decode { error, .. } => decode(error),
    }
}

fn decode(error: &DecodeError) -> &'static str {
    match error {
        DecodeError::Truncated => "decode.truncated",
        DecodeError::Trailing => "decode.trailing",
        DecodeError::Range { .. } => "decode.range",
        DecodeError::Order { .. } => "decode.order",
        DecodeError::TooMany(_) => "decode.too_many",
    }
}

pub fn control(error: &ControlError) -> &'static str {
    match error {
        ControlError::TooLong(_) => "control.too_long",
        ControlError::Malformed(_) => "control.malformed",
        ControlError::Trailing(_) => "control.trailing",
    }
}

pub fn message(error: &MessageError) -> &'static str {
    match error {
        MessageError::Empty => "message.empty",
        MessageError::TooLong(_) => "message.too_long",
        MessageError::Kind(_) => "message.kind",
        MessageError::Length(_) => "message.length",
        MessageError::Control(error) => control(error),
        MessageError::Net(_) => "message.net",
        MessageError::Text => "message.text",
        MessageError::Action(_) => "message.action",
        MessageError::Request(_) => "message.request",
    }
}

pub fn schema(error: &SchemaError) -> &'static str {
    match error {
        SchemaError::Name(_) => "schema.name",
        SchemaError::DuplicateKind(_) => "schema.duplicate_kind",
        SchemaError::TooManyKinds(_) => "schema.too_many_kinds",
        SchemaError::Field { .. } => "schema.field",
    }
}

pub fn replica(error: &ReplicaError) -> &'static str {
    match error {
        ReplicaError::Schema(error) => schema(error),
        ReplicaError::Priors(_) => "replica.priors",
    }
}

pub fn record(error: &RecordError) -> &'static str {
    match error {
        RecordError::Length { .. } => "record.length",
        RecordError::Range(_) => "record.range",
        RecordError::Padding => "record.padding",
    }
}

"""Normative types of EPICS: what the fields of a structure mean."""

from . import _compat as _compat
from ._builder import NotNormative
from ._model_kinds import Description, Limits, Precision, Units
from .alarm import Alarm
from .assign import assign
from .codec import CodecError, CodecNotAvailable, register_codec
from .color_mode import ColorMode
from .control import Control
from .display import Display
from .form import Form
from .image import Dimension, ImageReading
from .model import dump, load, model, type_of
from .ntaggregate import AggregateReading, NTAggregate
from .ntattribute import AttributeReading, NTAttribute
from .ntcontinuum import ContinuumReading, NTContinuum
from .ntenum import NTEnum
from .nthistogram import HistogramReading, NTHistogram
from .ntmatrix import MatrixReading, NTMatrix
from .ntmultichannel import ChannelReading, MultiChannelReading, NTMultiChannel, NTScalarMultiChannel
from .ntnamevalue import NameValueReading, NTNameValue
from .ntndarray import NTNDArray
from .ntpvi import NTPVI, PVIReading
from .ntscalar import NTScalar, NTScalarArray
from .nttable import NTTable
from .ntunion import NTUnion, UnionReading
from .nturi import NTURI, URIReading
from .pvi import publish_pvi, read_pvi
from .reading import Reading
from .readings import ArrayReading, EnumReading, ScalarReading
from .rules import AlarmLevel, Rules, RulesError, alarm_level, apply_rules
from .severity import INVALID, MAJOR, MINOR, NO_ALARM, UNDEFINED, AlarmSeverity, AlarmStatus
from .structure import StructureReading
from .table import TableReading
from .timestamp import Timestamp
from .unwrap import nt_of, unwrap
from .value_alarm import ValueAlarm

__all__ = [
    "INVALID",
    "MAJOR",
    "MINOR",
    "NO_ALARM",
    "NTPVI",
    "NTURI",
    "UNDEFINED",
    "AggregateReading",
    "Alarm",
    "AlarmLevel",
    "AlarmSeverity",
    "AlarmStatus",
    "ArrayReading",
    "AttributeReading",
    "ChannelReading",
    "CodecError",
    "CodecNotAvailable",
    "ColorMode",
    "ContinuumReading",
    "Control",
    "Description",
    "Dimension",
    "Display",
    "EnumReading",
    "Form",
    "HistogramReading",
    "ImageReading",
    "Limits",
    "MatrixReading",
    "MultiChannelReading",
    "NTAggregate",
    "NTAttribute",
    "NTContinuum",
    "NTEnum",
    "NTHistogram",
    "NTMatrix",
    "NTMultiChannel",
    "NTNDArray",
    "NTNameValue",
    "NTScalar",
    "NTScalarArray",
    "NTScalarMultiChannel",
    "NTTable",
    "NTUnion",
    "NameValueReading",
    "NotNormative",
    "PVIReading",
    "Precision",
    "Reading",
    "Rules",
    "RulesError",
    "ScalarReading",
    "StructureReading",
    "TableReading",
    "Timestamp",
    "URIReading",
    "UnionReading",
    "Units",
    "ValueAlarm",
    "alarm_level",
    "apply_rules",
    "assign",
    "dump",
    "load",
    "model",
    "nt_of",
    "publish_pvi",
    "read_pvi",
    "register_codec",
    "type_of",
    "unwrap",
]

-- Who may append what: one function for each task, granted to it alone, with the kinds of stream, the types of event
-- and their newest forms that it may write. Made by `python -m deploy.appending NUMBER` from domain/recorded/writers.py
-- and domain/partnership/events.py; once released, another number is made of them.

CREATE SCHEMA IF NOT EXISTS appending AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;
GRANT USAGE ON SCHEMA appending TO accord_reader;

CREATE OR REPLACE FUNCTION appending.worker(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    refused text;
BEGIN
    IF EXISTS (SELECT FROM unnest(ARRAY[array_lower(stream_ids, 1), array_lower(event_types, 1),
                                         array_lower(schema_versions, 1)]) l WHERE l <> 1)
       OR greatest(array_ndims(stream_ids), array_ndims(event_types), array_ndims(schema_versions)) > 1 THEN
        RAISE EXCEPTION 'the worker may not append this: arrays that are no plain lists'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT concat(e.type, ' on ', e.stream) INTO refused
      FROM unnest(stream_ids, event_types, schema_versions) e(stream, type, form)
     WHERE NOT coalesce(e.form <= CASE e.type WHEN 'ReportReceived' THEN 2 ELSE 1 END AND ((e.stream ~ '^partnership/[^/]+$' AND e.type IN (
                'AgreementSigned', 'ApprovalGiven', 'AssuranceRecorded', 'CommandRefused', 'CommentMade',
                'ConditionMet', 'DeadlineEscalated', 'DeadlineExtended', 'DeadlineSet', 'DeciderReminded',
                'DecisionsFell', 'DiversionReported', 'DueDiligenceCompleted', 'EligibilityAssessed',
                'FreedWithLead', 'FundsAllotted', 'HeldWithLead', 'HoldLifted', 'HoldPlaced',
                'InformationRequested', 'InterestDeclared', 'LegEnded', 'PartnershipAssigned', 'PartnershipClosed',
                'PartnershipDeclined', 'PartnershipProposed', 'PartnershipReopened', 'PartnershipTerminated',
                'PartnershipWithdrawn', 'PaymentCancelled', 'ProposalAmended', 'ProposalRevised',
                'QuestionsCleared', 'ReferralCleared', 'RefundConfirmed', 'RefundRecorded', 'RefundWithdrawn',
                'RegistersRechecked', 'ReportAccepted', 'ReportReceived', 'ReportReturned', 'ReturnedForCure',
                'SubrecipientsReported', 'TrancheEnded', 'TrancheReleased'))
        OR (e.stream ~ '^partnership/[^/]+/tranche/[^/]+/attempt/[^/]+$' AND e.type IN (
                'PaymentInstructed', 'PaymentTakenBack', 'PaymentUnanswered', 'PaymentWithheld',
                'TrancheReleasedForPayment'))
        OR (e.stream ~ '^directory$' AND e.type IN (
                'DirectoryChangeConfirmed', 'DirectoryChangeProposed'))
        OR (e.stream ~ '^account/[^/]+$' AND e.type IN (
                'AccountConfirmed', 'AccountRecorded', 'BalanceRecorded'))
        OR (e.stream ~ '^clearance/[^/]+$' AND e.type IN (
                'MatchCleared'))
        OR (e.stream ~ '^privacy$' AND e.type IN (
                'ErasureApproved'))
        OR (e.stream ~ '^register/[^/]+$' AND e.type IN (
                'GuardOverridden'))
        OR (e.stream ~ '^fund/[^/]+$' AND e.type IN (
                'FundChangeAsked', 'FundChangeConfirmed', 'FundOpened', 'FundsCommitted', 'FundsFreed',
                'FundsReserved', 'FundsSpent', 'GiftFundOpened', 'GiftReceived', 'GiftReversed', 'MoneyMovedIn',
                'PaymentCameBack', 'ReservationMoved'))
        OR (e.stream ~ '^booking/[^/]+$' AND e.type IN (
                'BookingCounted', 'BookingFreed'))
        OR (e.stream ~ '^access-log$' AND e.type IN (
                'AccessLogSealed'))
        OR (e.stream ~ '^truths$' AND e.type IN (
                'TruthAnswered', 'TruthDrawn', 'TruthTold'))
        OR (e.stream ~ '^rule-book$' AND e.type IN (
                'SourceConfirmed'))), false) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the worker may not append this: %', refused USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM privacy.check_marks(stream_ids, payloads, metas);
    RETURN QUERY SELECT * FROM ledger.append(stream_ids, versions, command_ids, event_ids, event_types,
                                             schema_versions, payloads, metas, event_counts);
END $$;
GRANT EXECUTE ON FUNCTION appending.worker TO accord_worker;

CREATE OR REPLACE FUNCTION appending.staff(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    refused text;
BEGIN
    IF EXISTS (SELECT FROM unnest(ARRAY[array_lower(stream_ids, 1), array_lower(event_types, 1),
                                         array_lower(schema_versions, 1)]) l WHERE l <> 1)
       OR greatest(array_ndims(stream_ids), array_ndims(event_types), array_ndims(schema_versions)) > 1 THEN
        RAISE EXCEPTION 'the staff may not append this: arrays that are no plain lists'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT concat(e.type, ' on ', e.stream) INTO refused
      FROM unnest(stream_ids, event_types, schema_versions) e(stream, type, form)
     WHERE NOT coalesce(e.form <= CASE e.type WHEN 'ReportReceived' THEN 2 ELSE 1 END AND ((e.stream ~ '^directory$' AND e.type IN (
                'DirectoryFounded'))), false) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the staff may not append this: %', refused USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM privacy.check_marks(stream_ids, payloads, metas);
    RETURN QUERY SELECT * FROM ledger.append(stream_ids, versions, command_ids, event_ids, event_types,
                                             schema_versions, payloads, metas, event_counts);
END $$;
GRANT EXECUTE ON FUNCTION appending.staff TO accord_staff;

CREATE OR REPLACE FUNCTION appending.exporter(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    refused text;
BEGIN
    IF EXISTS (SELECT FROM unnest(ARRAY[array_lower(stream_ids, 1), array_lower(event_types, 1),
                                         array_lower(schema_versions, 1)]) l WHERE l <> 1)
       OR greatest(array_ndims(stream_ids), array_ndims(event_types), array_ndims(schema_versions)) > 1 THEN
        RAISE EXCEPTION 'the exporter may not append this: arrays that are no plain lists'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT concat(e.type, ' on ', e.stream) INTO refused
      FROM unnest(stream_ids, event_types, schema_versions) e(stream, type, form)
     WHERE NOT coalesce(e.form <= CASE e.type WHEN 'ReportReceived' THEN 2 ELSE 1 END AND ((e.stream ~ '^payment-file/[^/]+$' AND e.type IN (
                'HandOverAgreed', 'NeverSentAgreed', 'PaymentFileHandedOver', 'PaymentFileMade',
                'PaymentFileNeverSent', 'PaymentFileVoided', 'PaymentFileWrittenAgain', 'WritingAgainAgreed'))
        OR (e.stream ~ '^partnership/[^/]+$' AND e.type IN (
                'TrancheHandedOver', 'TrancheNeverSent'))
        OR (e.stream ~ '^partnership/[^/]+/tranche/[^/]+/attempt/[^/]+$' AND e.type IN (
                'PaymentHandedOver', 'PaymentNeverSent'))
        OR (e.stream ~ '^bank-file/[^/]+$' AND e.type IN (
                'BankFileImported'))
        OR (e.stream ~ '^reopening/[0-9]+$' AND e.type IN (
                'PaymentsReopened', 'ReopeningAgreed'))), false) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the exporter may not append this: %', refused USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM privacy.check_marks(stream_ids, payloads, metas);
    RETURN QUERY SELECT * FROM ledger.append(stream_ids, versions, command_ids, event_ids, event_types,
                                             schema_versions, payloads, metas, event_counts);
END $$;
GRANT EXECUTE ON FUNCTION appending.exporter TO accord_exporter;

CREATE OR REPLACE FUNCTION appending.importer(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    refused text;
BEGIN
    IF EXISTS (SELECT FROM unnest(ARRAY[array_lower(stream_ids, 1), array_lower(event_types, 1),
                                         array_lower(schema_versions, 1)]) l WHERE l <> 1)
       OR greatest(array_ndims(stream_ids), array_ndims(event_types), array_ndims(schema_versions)) > 1 THEN
        RAISE EXCEPTION 'the importer may not append this: arrays that are no plain lists'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT concat(e.type, ' on ', e.stream) INTO refused
      FROM unnest(stream_ids, event_types, schema_versions) e(stream, type, form)
     WHERE NOT coalesce(e.form <= CASE e.type WHEN 'ReportReceived' THEN 2 ELSE 1 END AND ((e.stream ~ '^bank-file/[^/]+$' AND e.type IN (
                'BankFileImported'))
        OR (e.stream ~ '^exception/[^/]+$' AND e.type IN (
                'ExceptionRaised', 'ExceptionResolved', 'ResolutionAgreed'))
        OR (e.stream ~ '^partnership/[^/]+$' AND e.type IN (
                'BankContradicted', 'CommandRefused', 'ContradictionResolved', 'FundsReceived', 'HoldPlaced',
                'PartnershipClosed', 'TrancheEnded'))
        OR (e.stream ~ '^partnership/[^/]+/tranche/[^/]+/attempt/[^/]+$' AND e.type IN (
                'BankAnswerRefused', 'PaymentAccepted', 'PaymentRejected', 'PaymentReturned', 'PaymentSettled'))
        OR (e.stream ~ '^fund/[^/]+$' AND e.type IN (
                'FundsCommitted', 'FundsFreed', 'FundsReserved', 'FundsSpent', 'GiftFundOpened', 'GiftReceived',
                'GiftReversed', 'PaymentCameBack', 'ReservationMoved'))
        OR (e.stream ~ '^booking/[^/]+$' AND e.type IN (
                'BookingCounted'))), false) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the importer may not append this: %', refused USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM privacy.check_marks(stream_ids, payloads, metas);
    RETURN QUERY SELECT * FROM ledger.append(stream_ids, versions, command_ids, event_ids, event_types,
                                             schema_versions, payloads, metas, event_counts);
END $$;
GRANT EXECUTE ON FUNCTION appending.importer TO accord_importer;

CREATE OR REPLACE FUNCTION appending.emergency(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    refused text;
BEGIN
    IF EXISTS (SELECT FROM unnest(ARRAY[array_lower(stream_ids, 1), array_lower(event_types, 1),
                                         array_lower(schema_versions, 1)]) l WHERE l <> 1)
       OR greatest(array_ndims(stream_ids), array_ndims(event_types), array_ndims(schema_versions)) > 1 THEN
        RAISE EXCEPTION 'the emergency may not append this: arrays that are no plain lists'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT concat(e.type, ' on ', e.stream) INTO refused
      FROM unnest(stream_ids, event_types, schema_versions) e(stream, type, form)
     WHERE NOT coalesce(e.form <= CASE e.type WHEN 'ReportReceived' THEN 2 ELSE 1 END AND ((e.stream ~ '^directory$' AND e.type IN (
                'DirectoryChangeConfirmed', 'DirectoryChangeProposed'))
        OR (e.stream ~ '^partnership/[^/]+$' AND e.type IN (
                'HoldPlaced', 'PaymentCancelled'))
        OR (e.stream ~ '^fund/[^/]+$' AND e.type IN (
                'ReservationMoved'))
        OR (e.stream ~ '^truths$' AND e.type IN (
                'TruthTold'))), false) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the emergency may not append this: %', refused USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM privacy.check_marks(stream_ids, payloads, metas);
    RETURN QUERY SELECT * FROM ledger.append(stream_ids, versions, command_ids, event_ids, event_types,
                                             schema_versions, payloads, metas, event_counts);
END $$;
GRANT EXECUTE ON FUNCTION appending.emergency TO accord_emergency;
RESET ROLE;

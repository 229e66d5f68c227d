with
absence_months as (select * from {{ ref('int_hr__absence_month') }} where absence_kind = 'sick'),
chains as (select * from {{ ref('int_hr__sick_chain') }}),

spans as (
    select '1_14' as span, 1 as first_ordinal, 14 as last_ordinal
    union all select '15_59', 15, 59
    union all select '60_plus', 60, 1000000
),

-- Where an earlier month's extract let the spell begin before what is known now, the ordinal counts from that day, and the days from it
-- on are no days between two spells: no hour may lie before day 1.
ordered as (
    select
        absence_months.*,
        case
            when absence_months.spell_start < chains.chain_start then absence_months.spell_start else chains.chain_start
        end as chain_start,
        greatest(
            0, chains.well_days_before - greatest(0, {{ days_between('absence_months.spell_start', 'chains.first_day') }})
        ) as well_days_before
    from absence_months
    inner join chains
        on absence_months.municipality_id = chains.municipality_id
        and absence_months.spell_id = chains.spell_id
),

numbered as (
    select
        ordered.*,
        {{ days_between('chain_start', 'first_day') }} + 1 - well_days_before as first_ordinal,
        {{ days_between('chain_start', 'last_day') }} + 1 - well_days_before as last_ordinal
    from ordered
),

crossed as (
    select
        numbered.*,
        spans.span,
        case when numbered.first_ordinal > spans.first_ordinal then numbered.first_ordinal else spans.first_ordinal end as from_ordinal,
        case when numbered.last_ordinal < spans.last_ordinal then numbered.last_ordinal else spans.last_ordinal end as to_ordinal
    from numbered
    inner join spans
        on numbered.first_ordinal <= spans.last_ordinal
        and numbered.last_ordinal >= spans.first_ordinal
),

dated as (
    select
        crossed.*,
        {{ add_days('chain_start', 'from_ordinal - 1 + well_days_before') }} as from_day,
        {{ add_days('chain_start', 'to_ordinal - 1 + well_days_before') }} as to_day
    from crossed
)

select
    ---------- keys
    municipality_id, month_start, spell_id, span, employment_id,

    ---------- days
    from_day, to_day, from_ordinal, to_ordinal,

    ---------- hours: by weekdays, as they were lost; booked shifts of a weekend, by calendar days
    cast(
        case
            when absent_weekdays > 0
                then cast(hours as double) * {{ weekdays_between('from_day', 'to_day') }} / absent_weekdays
            else cast(hours as double) * (to_ordinal - from_ordinal + 1) / (last_ordinal - first_ordinal + 1)
        end as decimal(18, 6)
    ) as hours

from dated

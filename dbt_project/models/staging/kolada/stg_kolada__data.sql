-- Kolada's values arrive as a log of changes. Here the log is laid together: per key the newest change counts, and a key
-- whose newest change is a deletion has no row. A table, since the log is long and several tests read the result.
{{ config(materialized='table') }}

with
change_log as (select * from {{ source('kolada', 'data') }}),
loads as (select * from {{ ref('stg_loads__load') }}),

changes as (
    select
        change_log.kpi_id as indicator_id,
        change_log.municipality_id, change_log.gender, change_log.load_id, change_log.status,
        cast(change_log.year as integer) as year,
        change_log.count as contributing_units,
        change_log.value, change_log.is_deleted,
        coalesce(change_log.status = 'simulated', false) as is_simulated,
        loads.load_sequence
    from change_log
    inner join loads on change_log.load_id = loads.load_id
),

ranked as (
    select
        changes.*,

        -- a simulated value never takes the place of a real one, whenever it arrives
        row_number() over (
            partition by indicator_id, municipality_id, year, gender
            order by case when is_simulated then 1 else 0 end, load_sequence desc
        ) as newest_first,

        -- a deletion carries no value; only real values can be revised
        min(case when not is_simulated then value end) over (
            partition by indicator_id, municipality_id, year, gender
        ) as lowest_value,
        max(case when not is_simulated then value end) over (
            partition by indicator_id, municipality_id, year, gender
        ) as highest_value
    from changes
)

select
    ---------- ids
    indicator_id, municipality_id, load_id,

    ---------- text
    gender, status,

    ---------- numerics
    year, value, contributing_units,

    ---------- booleans
    is_simulated,
    -- some earlier change held another value: also when the value has been withdrawn to null since
    case
        when is_simulated or lowest_value is null then false
        when value is null then true
        else lowest_value <> value or highest_value <> value
    end as is_revised

from ranked
where newest_first = 1
    and not is_deleted

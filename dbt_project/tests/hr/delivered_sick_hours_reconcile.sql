-- Every booked sick hour of the extracts is in the facts as it was delivered: per municipality and month, among spells that
-- lie within the days of an employment with scheduled hours.
with
delivered as (
    select
        absences.municipality_id, absences.month_start,
        sum(absences.hours) as hours
    from {{ ref('stg_hr__absence') }} as absences
    inner join {{ ref('stg_config__choice') }} as choices
        on absences.municipality_id = choices.municipality_id
        and absences.absence_type = choices.value
        and choices.choice = 'sick_types'
    inner join {{ ref('stg_hr__employment') }} as employments
        on absences.municipality_id = employments.municipality_id
        and absences.month_start = employments.month_start
        and absences.employment_id = employments.employment_id
    inner join {{ ref('stg_hr__time_record') }} as time_records
        on absences.municipality_id = time_records.municipality_id
        and absences.month_start = time_records.month_start
        and absences.employment_id = time_records.employment_id
    where absences.hours is not null
        and time_records.scheduled_hours > 0
        and absences.start_date <= coalesce(employments.end_date, absences.month_end)
        and coalesce(absences.end_date, absences.month_end) >= employments.start_date
    group by absences.municipality_id, absences.month_start
),

computed as (
    select
        absence_months.municipality_id, absence_months.month_start,
        sum(absence_months.hours) as hours
    from {{ ref('int_hr__absence_month') }} as absence_months
    inner join {{ ref('stg_hr__absence') }} as absences
        on absence_months.municipality_id = absences.municipality_id
        and absence_months.month_start = absences.month_start
        and absence_months.spell_id = absences.spell_id
    where absence_months.absence_kind = 'sick'
        and absences.hours is not null
    group by absence_months.municipality_id, absence_months.month_start
)

select delivered.municipality_id, delivered.month_start
from delivered
left join computed
    on delivered.municipality_id = computed.municipality_id
    and delivered.month_start = computed.month_start
where abs(delivered.hours - coalesce(computed.hours, 0)) > 0.001
